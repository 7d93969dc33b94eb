# One image for every process of a server; docker-compose.yml names the command of each.

FROM python:3.13-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
COPY requirements.txt /tmp/requirements.txt
# The four named ones are published as sources alone; they are plain Python.
RUN /opt/venv/bin/pip install --require-hashes --only-binary :all: --no-binary authres,dkimpy,pyspf,quotequail \
    -r /tmp/requirements.txt
WORKDIR /app
COPY . .
# Collecting files needs the settings, not the servers they name: these values are gone with this line.
RUN CHATZEE_MODE=production CHATZEE_SECRET_KEY=build CHATZEE_VALKEY_URL=redis://build \
    CHATZEE_DATABASE_URL=postgresql://build/build CHATZEE_KEYS_DATABASE_URL=postgresql://build/build \
    /opt/venv/bin/python manage.py collectstatic --noinput --verbosity 0 \
    && /opt/venv/bin/python -m compileall -q .

FROM python:3.13-slim
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin chatzee \
    && install -d -o chatzee -g chatzee -m 0700 /data
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=chatzee.settings CHATZEE_MODE=production CHATZEE_FILES=/data/files
USER chatzee
EXPOSE 8000 8001
# Web by default; the health check suits it and is replaced for the other processes in docker-compose.yml.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
CMD ["sh", "-c", "exec granian --interface wsgi chatzee.wsgi:application --host 0.0.0.0 --port 8000 --workers 1 --blocking-threads ${CHATZEE_WEB_THREADS:-8} --log-level warning --no-ws"]
