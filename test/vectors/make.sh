#!/bin/sh
# Makes the vectors of this folder with OpenSSL, from keys that are thrown away. Run it in an empty folder.
set -eu
printf '{"status":"completed","session_id":"789xyz","result":{"nombre":"Jos\303\251"}}' > body.bin

openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.pem
openssl pkey -in rsa.pem -pubout -out rsa-public.pem
openssl dgst -sha256 -sign rsa.pem body.bin | openssl base64 -A > rsa-pkcs1-sha256.txt
openssl dgst -sha512 -sign rsa.pem body.bin | openssl base64 -A > rsa-pkcs1-sha512.txt
for hash in sha256 sha512; do
  openssl dgst -$hash -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest -sign rsa.pem body.bin |
    openssl base64 -A > rsa-pss-$hash.txt
done

openssl genpkey -algorithm ed25519 -out ed25519.pem
openssl pkey -in ed25519.pem -pubout -out ed25519-public.pem
openssl pkeyutl -sign -rawin -inkey ed25519.pem -in body.bin | openssl base64 -A > ed25519.txt

openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ec.pem
openssl pkey -in ec.pem -pubout -out ecdsa-public.pem
openssl dgst -sha256 -sign ec.pem body.bin | openssl base64 -A > ecdsa-der-sha256.txt

openssl req -x509 -newkey rsa:2048 -noenc -keyout certified.pem -out certificate.pem -days 30 -subj /CN=acuse.test
openssl dgst -sha256 -sign certified.pem body.bin | openssl base64 -A > certificate-pkcs1-sha256.txt

rm rsa.pem ed25519.pem ec.pem certified.pem
