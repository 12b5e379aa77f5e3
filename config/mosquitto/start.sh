#!/bin/sh
# Make the broker's private files from the environment, then become the broker.
#
# Passwords come from HENGFU_{CITY,INGEST,MONITOR,VIEWER}_PASSWORD and, for real gateways, from
# HENGFU_GATEWAYS="ZONE:PASSWORD ZONE:PASSWORD". They are hashed here, so that nothing but the
# environment holds them and the files belong to the user the broker runs as.
#
# With broker.crt and broker.key in the TLS folder it listens on 8883 too, with TLS; with
# clients-ca.crt beside them a client there must also show a certificate of that authority.
set -eu
umask 077
config=${MOSQUITTO_CONFIG:-/mosquitto/config}
private=${MOSQUITTO_PRIVATE:-/tmp/broker}
tls=${MOSQUITTO_TLS:-/mosquitto/tls}
tls_listener=${MOSQUITTO_TLS_LISTENER:-8883}

refuse() {
  echo "$1" >&2
  exit 2
}

line() { # user, password
  case $1 in *[!a-z0-9-]*) refuse "user $1: expected only a-z 0-9 -" ;; esac
  case $2 in *[!A-Za-z0-9_.~-]*) refuse "password of $1: expected only A-Z a-z 0-9 _ . ~ -" ;; esac
  [ "${#2}" -ge 12 ] || refuse "password of $1: expected at least 12 characters"
  printf '%s:%s\n' "$1" "$2"
}

encrypted() { # the lines of a listener with TLS, none without a certificate
  [ -e "$tls/broker.crt" ] || [ -e "$tls/broker.key" ] || return 0
  for file in broker.crt broker.key; do
    [ -r "$tls/$file" ] || refuse "TLS: $file is missing or not readable by the user $(id -u)"
  done
  printf 'listener %s\ncertfile %s\nkeyfile %s\n' "$tls_listener" "$tls/broker.crt" "$tls/broker.key"
  [ -e "$tls/clients-ca.crt" ] || return 0
  [ -r "$tls/clients-ca.crt" ] || refuse "TLS: clients-ca.crt is not readable by the user $(id -u)"
  printf 'cafile %s\nrequire_certificate true\n' "$tls/clients-ca.crt"
}

mkdir -p "$private"
{
  line city "${HENGFU_CITY_PASSWORD:?is not set}"
  line ingest "${HENGFU_INGEST_PASSWORD:?is not set}"
  line monitor "${HENGFU_MONITOR_PASSWORD:?is not set}"
  line viewer "${HENGFU_VIEWER_PASSWORD:?is not set}"
  for gateway in ${HENGFU_GATEWAYS:-}; do
    case $gateway in z-?*:*) ;; *) refuse "HENGFU_GATEWAYS: expected zones like z-03-04:PASSWORD" ;; esac
    line "${gateway%%:*}" "${gateway#*:}"
  done
} >"$private/passwords"
mosquitto_passwd -U "$private/passwords"
cat "$config/acl" >"$private/acl"
cat "$config/mosquitto.conf" >"$private/mosquitto.conf"
encrypted >>"$private/mosquitto.conf"
unset HENGFU_CITY_PASSWORD HENGFU_INGEST_PASSWORD HENGFU_MONITOR_PASSWORD
unset HENGFU_VIEWER_PASSWORD HENGFU_GATEWAYS
exec mosquitto -c "$private/mosquitto.conf"
