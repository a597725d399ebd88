# The server as an image. docs/ci.md says how to build and run it; tests/dockerfile.py plays these steps without Docker.

FROM python:3.11-slim-trixie AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
# What else is to be in it: check, say, for `mockserver check`.
ARG EXTRAS=
WORKDIR /src
COPY constraints.txt ./
RUN pip install --constraint constraints.txt hatchling \
 && python -m venv --without-pip /opt/mockserver
COPY pyproject.toml README.md ./
COPY contracts contracts
COPY fixtures fixtures
COPY mockserver mockserver
RUN pip wheel --no-deps --no-build-isolation --wheel-dir wheel . \
 && pip --python /opt/mockserver install --no-compile --only-binary :all: --constraint constraints.txt \
    "$(echo wheel/*.whl)${EXTRAS:+[$EXTRAS]}"
# Nobody can write there later: what Python and the server keep for the next start is made now.
RUN /opt/mockserver/bin/python -m compileall -q --invalidation-mode unchecked-hash /opt/mockserver/lib \
 && /opt/mockserver/bin/python -I -c "import mockserver; mockserver.MockServer(sockets=False).close()"

FROM python:3.11-slim-trixie
RUN install --directory --owner 10001 --group 10001 /shop
COPY --from=build /opt/mockserver /opt/mockserver
ENV PATH=/opt/mockserver/bin:$PATH MOCKSERVER_HOST=0.0.0.0 MOCKSERVER_PORT=8900
USER 10001:10001
# Here a project file, fixtures and a state file may be mounted.
WORKDIR /shop
EXPOSE 8900
# Its health needs no token. It is asked by TLS where a variable has told the server to speak that.
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=3 CMD ["python", "-I", "-S", "-c", "\
import http.client as client, os, ssl; \
told = os.environ.get; \
tls = told('MOCKSERVER_TLS_CERT') or told('MOCKSERVER_TLS', '0').lower() in ('1', 'true', 't', 'yes', 'y', 'on'); \
where = {'host': '127.0.0.1', 'port': told('MOCKSERVER_PORT'), 'timeout': 2}; \
asked = client.HTTPSConnection(**where, context=ssl._create_unverified_context()) if tls else client.HTTPConnection(**where); \
asked.request('GET', '/__admin/health'); \
raise SystemExit(asked.getresponse().status != 200)"]
ENTRYPOINT ["mockserver"]
CMD ["serve"]
