# syntax=docker/dockerfile:1
# One image for city, ingest and API: the command says which. Nothing is compiled: all wheels.
FROM python:3.12-slim AS build
WORKDIR /source
RUN python -m venv --without-pip /opt/hengfu
COPY pyproject.toml constraints.txt README.md LICENSE ATTRIBUTION.md ./
COPY twin twin
COPY sensors sensors
COPY api api
COPY config config
RUN --mount=type=cache,target=/root/.cache/pip \
    pip wheel . --constraint constraints.txt --wheel-dir /wheels \
    && pip --python /opt/hengfu/bin/python install --no-index --no-deps /wheels/*.whl

FROM python:3.12-slim
LABEL org.opencontainers.image.title="Hengfu Twin" \
      org.opencontainers.image.licenses="Apache-2.0 AND ODbL-1.0"
RUN groupadd --gid 10001 hengfu \
    && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin hengfu \
    && install --directory --owner hengfu --group hengfu /data
COPY --from=build /opt/hengfu /opt/hengfu
ENV PATH=/opt/hengfu/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER 10001:10001
WORKDIR /data
ENTRYPOINT ["hengfu"]
CMD ["--help"]
