#!/bin/sh
# Make a private authority and a certificate for each service, as config/tls/compose.yml expects them:
#   sh config/tls/certificates.sh [FOLDER] [NAME …]     names and addresses besides localhost
# What is there stays; delete a service's folder to renew its certificate. All end after 825 days.
set -eu
umask 077
folder=${1:-certs}
[ $# -eq 0 ] || shift
days=825
curve="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"

alternatives() { # as openssl wants them
  list=DNS:localhost,IP:127.0.0.1
  for name in "$@"; do
    case $name in
      *[!0-9.]*) list=$list,DNS:$name ;;
      *) list=$list,IP:$name ;;
    esac
  done
  echo "$list"
}

mkdir -p "$folder/authority"
if [ ! -f "$folder/ca.crt" ]; then
  # shellcheck disable=SC2086 # several words
  openssl req -x509 $curve -days "$days" -subj "/CN=Hengfu Twin private authority" \
    -keyout "$folder/authority/ca.key" -out "$folder/ca.crt" 2>/dev/null
fi

for service in broker influxdb api; do
  at=$folder/$service
  [ ! -f "$at/$service.crt" ] || continue
  mkdir -p "$at"
  # shellcheck disable=SC2086
  openssl req $curve -subj "/CN=$service" -keyout "$at/$service.key" -out "$at/request" 2>/dev/null
  printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth\n' "$(alternatives "$service" "$@")" >"$at/more"
  openssl x509 -req -in "$at/request" -CA "$folder/ca.crt" -CAkey "$folder/authority/ca.key" \
    -set_serial "0x$(openssl rand -hex 16)" -days "$days" -extfile "$at/more" -out "$at/$service.crt" 2>/dev/null
  rm "$at/request" "$at/more"
  # The containers run as users of their own; the folder above keeps everybody else out.
  chmod 755 "$at"
  chmod 644 "$at/$service.crt" "$at/$service.key"
done
chmod 644 "$folder/ca.crt"
chmod 700 "$folder"
echo "certificates in $folder, trusted by whoever has $folder/ca.crt"
