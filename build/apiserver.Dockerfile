# The API server's image: one static program, the dashboard in it, on an empty base. scripts/build-images.sh builds it; the stage "build" is the
# same in both files, so that an engine with a cache compiles once.
ARG BUILD_IMAGE=docker.io/library/debian:12
# Of the machines it is for: amd64 or arm64 (compiled on amd64 all the same).
ARG ARCH=amd64

FROM ${BUILD_IMAGE} AS build
ARG ARCH
WORKDIR /src
COPY scripts/lib/setup.sh scripts/lib/
COPY build/packages.sh build/
RUN build/packages.sh "${ARCH}"
COPY . .
ARG KUBEMONITOR_COMMIT=unknown
ARG SOURCE_DATE_EPOCH=0
RUN build/programs.sh "${ARCH}"

FROM --platform=linux/${ARCH} scratch
ARG VERSION=unknown
ARG KUBEMONITOR_COMMIT=unknown
LABEL org.opencontainers.image.title="kubemonitor API server" \
      org.opencontainers.image.description="Keeps the last hour of a Kubernetes cluster and answers REST" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${KUBEMONITOR_COMMIT}"
COPY --from=build /image/apiserver/ /
# A number, so that Kubernetes sees that it is not root. The cluster's own certificate is mounted by Kubernetes: no others are needed.
USER 65532:65532
EXPOSE 50051 8081
ENTRYPOINT ["/kubemonitor-apiserver"]
