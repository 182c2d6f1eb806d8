# The catalog as one process. Run it with a read-only root file system and one writable volume:
#   docker run --read-only --tmpfs /tmp --volume concord:/var/lib/concord --env CONCORD_SECRET … concord
FROM python:3.11-slim AS build
WORKDIR /source
COPY requirements/runtime.txt requirements/runtime.txt
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes --requirement requirements/runtime.txt
COPY pyproject.toml README.md ./
COPY catalog catalog
COPY policies policies
COPY graphql graphql
COPY migrations migrations
COPY examples examples
RUN /venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/concord --create-home concord
COPY --from=build /venv /venv
USER 10001
WORKDIR /var/lib/concord
VOLUME /var/lib/concord
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    CONCORD_HOST=0.0.0.0 \
    CONCORD_DATABASE_URL=sqlite:////var/lib/concord/catalog.db
EXPOSE 8321
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8321/health/ready', timeout=2)"]
CMD ["sh", "-c", "concord db upgrade && exec concord serve"]
