#!/usr/bin/env bash
# Installs what the peer tests talk to, from Debian's packages: real mail servers, foreign mail clients, and mail
# that nobody here wrote. Needs root. Starts no service, leaves the system's own mail configuration alone, and
# returns at once when everything is there.
set -euo pipefail

servers_and_clients=(
  dovecot-pop3d dovecot-imapd dovecot-lmtpd postfix # the servers
  mpop msmtp fetchmail getmail6 isync offlineimap3 mutt swaks libnet-ssleay-perl curl # the clients; swaks speaks TLS through ssleay
  openssl python3 # certificates; poplib, smtplib and the email package
  chromium # reads the report
)
# Only messages are wanted of these, so they are unpacked beside the system instead of installed with all they need.
mail_collections=(
  libpython3.11-testsuite # the email package's own test messages
  python3-flufl.bounce # bounces of a hundred mail servers
  golang-github-jhillyerd-enmime-dev # broken MIME
  libmime-explode-perl # the MIME-tools test messages
  python3-dkim # signed messages
  mailman3 # what mailing lists choke on
  golang-github-gatherstars-com-jwz-dev # SpamAssassin's public corpus of ham
)
collections=/var/cache/mailclock-peers

missing=()
for package in "${servers_and_clients[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' || missing+=("$package")
done
unpack=()
for package in "${mail_collections[@]}"; do
  [ -e "$collections/$package/.complete" ] || unpack+=("$package")
done
if [ ${#missing[@]} -eq 0 ] && [ ${#unpack[@]} -eq 0 ]; then
  echo 'peers: everything is installed'
  exit 0
fi
if [ "$(id -u)" -ne 0 ]; then
  echo "peers: missing ${missing[*]} ${unpack[*]}; run this as root: sudo bash test/peers/install.sh" >&2
  exit 1
fi

export DEBIAN_FRONTEND=noninteractive
apt-get update -qq

if [ ${#missing[@]} -gt 0 ]; then
  echo "peers: installing ${missing[*]}"
  # Debian starts a service as soon as it is installed, unless this policy forbids it; the tests start their own.
  policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    trap 'rm -f "$policy"' EXIT
  fi
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

for package in "${unpack[@]}"; do
  echo "peers: unpacking the messages of $package"
  target=$collections/$package
  rm -rf "$target"
  mkdir -p "$target"
  (cd "$target" && apt-get download -qq -o APT::Sandbox::User=root "$package" && dpkg-deb -x ./*.deb . && rm -f ./*.deb)
  touch "$target/.complete"
done
echo 'peers: everything is installed'
