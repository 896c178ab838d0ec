FROM node:24-slim AS front-end
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM python:3.13-slim AS build
WORKDIR /app
COPY requirements/uv.txt requirements/production.txt requirements/
RUN python -m venv /installer && /installer/bin/pip install --no-cache-dir --require-hashes -r requirements/uv.txt \
 && python -m venv --without-pip /venv \
 && /installer/bin/uv pip install --no-cache --require-hashes --python /venv/bin/python -r requirements/production.txt
COPY . .
COPY --from=front-end /app/node_modules node_modules
# The settings are read here only to find the static files: nothing below is a secret, and no database is opened.
RUN /venv/bin/python manage.py messages --compile \
 && HAJAR_DEBUG=0 HAJAR_SECRET_KEY=only-while-building-only-while-building-only-while-building \
    HAJAR_ALLOWED_HOSTS=localhost HAJAR_EMAIL_URL=dummymail:// DATABASE_URL=sqlite:///:memory: \
    /venv/bin/python manage.py collectstatic --no-input \
 && rm -rf node_modules tests

FROM python:3.13-slim
# pg_dump and pg_restore for `manage.py backup`: as new as the server in compose.yaml, or newer
RUN apt-get update && apt-get install --yes --no-install-recommends postgresql-client && rm -rf /var/lib/apt/lists/* \
 && useradd --create-home --uid 10001 hajar && install -d -o hajar -g hajar -m 700 /media /backups
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
USER hajar
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 HAJAR_DEBUG=0 HAJAR_MEDIA_ROOT=/media HAJAR_BACKUP_DIR=/backups
EXPOSE 8000
HEALTHCHECK --interval=30s --start-period=20s CMD ["python", "deploy/healthy.py"]
CMD ["gunicorn", "hajar.wsgi", "--bind=0.0.0.0:8000", "--workers=3", "--threads=2", "--timeout=180", "--no-control-socket"]
