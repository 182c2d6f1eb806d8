"""Every finding code that the host itself raises, with its promise; policy rules bring their own ids.

`docs/finding-codes.md` has one heading per code; a law test keeps the two equal.
"""

from enum import Enum

from catalog.domain.finding import NOWHERE, Finding, Level, Place


class FindingCode(Enum):
    """A code is its name; its value says in one sentence what was found."""

    ASSET_NAME_INVALID = "A name or domain makes no asset key."
    CONSUMERS_AFFECTED = "A breaking change reaches consumers who read the asset."
    CONTRACT_MISSING = "The contract of an output port is not among the documents."
    CONTRACT_UNUSED = "No product offers a contract that came along."
    DEPENDENCY_DEPRECATED = "What a draft is made from is deprecated."
    DEPENDENCY_NOT_SERVED = "What a draft is made from is not served."
    DEPENDENCY_UNKNOWN = "What a draft is made from is not named, or not in the catalog."
    DOCUMENT_KIND_UNKNOWN = "The document is neither ODPS, ODCS nor dbt semantic layer YAML."
    DOCUMENT_UNREADABLE = "A document or its folder cannot be read from disk, or a link leads out of it."
    DRAFT_NOT_LATEST = "The content was registered before, and newer content has come since."
    DUPLICATE_NAME = "A name or id is given to two things."
    JUDGEMENT_STALE = "What was judged is no longer what would be published."
    METRIC_DOMAIN_MISSING = "A metric belongs to no domain."
    NOTHING_TO_REGISTER = "The documents hold neither a product nor a metric."
    NOTICE_MISSING = "A deprecation says nothing to consumers."
    POLICY_NOT_DECIDED = "There is no decision that allows publication."
    PRODUCT_DOMAIN_MISSING = "A product belongs to no domain."
    QUALITY_CHECK_FAILED = "A quality check that blocks did not pass."
    QUALITY_MISSING = "A product's quality was not measured."
    QUERY_TOO_COMPLEX = "A GraphQL document asks for more than one request may."
    REFERENCE_UNKNOWN = "A name refers to something that is not there."
    REPLACEMENT_UNKNOWN = "What is to replace a deprecated version is not served."
    RETIREMENT_HAS_DEPENDENTS = "Something served is made from what would be retired."
    SIGN_OFF_MISSING = "A role that the tier asks for has not approved this definition."
    STATUS_STEP_REFUSED = "The lifecycle does not allow the step."
    SUNSET_INVALID = "The date of retirement is not in the future."
    SUNSET_NOT_REACHED = "The announced date of retirement has not come."
    TIER_UNKNOWN = "A tier is none of the four."
    VALIDITY_ENDED = "The declared validity has ended."
    VERSION_BUMP_TOO_SMALL = "The version moves less than the changes ask for."
    VERSION_INVALID = "A version is no semantic version."
    VERSION_NOT_NEWER = "The version is not newer than what is served."
    YAML_ALIAS = "An anchor, an alias or a merge key stands in a document."
    YAML_DOCUMENT_COUNT = "A file holds no document, or more than one where one is meant."
    YAML_DUPLICATE_KEY = "A key is written twice in one mapping."
    YAML_ENCODING = "A document is not UTF-8."
    YAML_KEY = "A key is not text."
    YAML_LIMIT = "A document is larger, deeper or fuller than may be read."
    YAML_NUMBER = "A number cannot be kept exactly."
    YAML_SYNTAX = "A document is not well-formed YAML or JSON."
    YAML_TAG = "A tag or directive stands in a document."

    def at(self, place: Place, message: str, *, remedy: str, level: Level = Level.ERROR) -> Finding:
        """This code found at `place`."""
        return Finding(self.name, message, remedy, level, place)

    def found(self, message: str, *, remedy: str, level: Level = Level.ERROR) -> Finding:
        """This code found where no place in a document is meant."""
        return Finding(self.name, message, remedy, level, NOWHERE)
