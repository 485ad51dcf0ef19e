export const usageText = `Usage: countersign COMMAND [options]

  tokens [--watch] [--module PATH]      what is plugged in, what is on it, and why it can or cannot be used
  join LINK|FILE|- [--fingerprint HEX]  joins an organisation; - reads the link from standard input
       [--replace-invitation]
  enroll --organization ID --offer ID   gets a certificate
       [--email ADDRESS] [--key-type TYPE] [--token LABEL|SERIAL|software|os] [--key KEYID]
       [--replace-certificate SHA256]
       [--certificate CREDENTIAL|SHA256] [--reason TEXT] [--no-wait]
       [--pin-fd N] [--otp-fd N] [--proof TYPE] [--install PLACE,…|none] [--accept-final-try]
  enroll --resume ENROLLMENT            goes on with one that was interrupted
  renew --credential ID|--due           gets a successor for one credential, or for all whose time has come
       [--pin-fd N] [--otp-fd N] [--proof TYPE] [--install PLACE,…|none] [--accept-final-try]
  sign --with osslsigncode|jarsigner    has a program sign files, for one PIN, and checks what it made
       --credential ID [--pin-fd N] [--out FILE] [--timestamp URL|none] [--accept-final-try] FILE...
  sign --once --with osslsigncode       signs with a certificate that others agreed to beforehand, and throws it away
       --organization ID --offer ID [--out FILE] [--timestamp URL|none] [--wait [--reason TEXT]] FILE...
  export --credential ID --out FILE     writes a file that is not there yet
       --format pem|pkcs7|pkcs12 [--passphrase-fd N] [--legacy]
  sign --document FILE.pdf              signs a document, with a timestamp where the organisation names a server
       --credential ID [--pin-fd N] [--out FILE] [--accept-final-try]
  credentials                           what the wallet has
  approvals COMMAND                     what others ask you to approve, and proof of it; URL: of a request, or a link to it
       list [--organization ID] [--status STATUS,…]
       show URL, ask URL --message TEXT, decline URL --reason TEXT [--digest DIGEST]
       approve URL [--digest DIGEST] [--certificate CREDENTIAL|SHA256] [--key THUMBPRINT] [--pin-fd N] [--accept-final-try]
       standing list, standing withdraw URL --reason TEXT
       standing propose --organization ID --domain DOMAIN --for EMAIL|SERVICE --profile NAME --count N --until TIME
                        --reason TEXT
       receipts, save RECEIPT --out FILE, verify-receipt FILE [--root PEM …], log [--organization ID] [--verify]
  --version, --help

For each command: --json, and --user-data-dir DIRECTORY for another wallet than the usual one.
PINs, codes and passphrases are read from descriptors, never from the command line or the environment; without
--pin-fd a PIN is asked for at the terminal, which does not show it:
  node scripts/countersign.mjs enroll … --pin-fd 3 3< pin-file --otp-fd 0
PLACE: nss, firefox, network-manager, wpa-supplicant, iwd, windows-store, windows-network, keychain, macos-network
TYPE of --proof: totp-01, hotp-01, otp-01 or cert-01
Exit codes and the form of --json: docs/command.md
`;
