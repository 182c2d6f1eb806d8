"""Every permission of the catalog, written `<scope>:<resource>:<action>`; keep the list alphabetised.

`asset` permissions are about one product or metric, `domain` permissions hold within a domain, `organisation`
permissions across all of them.
"""

from enum import StrEnum


class Permission(StrEnum):
    """What an actor may be allowed to do."""

    ASSET_DATA_READ = "asset:data:read"
    ASSET_METADATA_READ = "asset:metadata:read"
    DOMAIN_DRAFT_REGISTER = "domain:draft:register"
    DOMAIN_DRAFT_SIGN_OFF = "domain:draft:sign_off"
    DOMAIN_QUALITY_RUN = "domain:quality:run"
    DOMAIN_VERSION_DEPRECATE = "domain:version:deprecate"
    DOMAIN_VERSION_PUBLISH = "domain:version:publish"
    DOMAIN_VERSION_RETIRE = "domain:version:retire"
    DOMAIN_WAIVER_REQUEST = "domain:waiver:request"
    DOMAIN_WAIVER_SETTLE = "domain:waiver:settle"
    ORGANISATION_ACCESS_LOG_READ = "organisation:access_log:read"
    ORGANISATION_AUDIT_READ = "organisation:audit:read"
    ORGANISATION_METRIC_SETTLE = "organisation:metric:settle"
    ORGANISATION_POLICY_ACTIVATE = "organisation:policy:activate"
    ORGANISATION_POLICY_AUDIT = "organisation:policy:audit"
    ORGANISATION_POLICY_READ = "organisation:policy:read"
    ORGANISATION_POLICY_SIMULATE = "organisation:policy:simulate"
    ORGANISATION_POLICY_UPLOAD = "organisation:policy:upload"
    ORGANISATION_TOKEN_ISSUE = "organisation:token:issue"
    ORGANISATION_TOKEN_REVOKE = "organisation:token:revoke"
