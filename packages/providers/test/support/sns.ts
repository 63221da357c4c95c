/** A certificate, and messages signed with its key: a sender's sample requests. */
export const certificatePem = `-----BEGIN CERTIFICATE-----
MIIC/zCCAeegAwIBAgIUFxL+6z+om4xmrCgu/O7GAdJT3VwwDQYJKoZIhvcNAQEL
BQAwDzENMAsGA1UEAwwEdGVzdDAeFw0yNjExMjUxODU5MTZaFw0yNjExMjcxODU5
MTZaMA8xDTALBgNVBAMMBHRlc3QwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEK
AoIBAQCeraEHX9/WhtvB2dqeTP5NYdEhhgBVq4k22jwbvGH7Xua10OMrP3zCCiJG
ZkubARMFu/1+FHr3qX2mzDykjD7YRbp79zYyzp27CSIaMlUr3zKJ1mT8d58M/Q+T
AWkQNGIJZWZW5eOAztN4aUkw++lpwpzYHSqvHOskjigWc8u8niACsOsdIvnTyaKG
LDu9ldyB/AV5bS6wWdgKSA0nZcxO7B45mN7ua0h6YoSba8/Os8XNkzGzPYesAKRf
DgmuxFs+5uD34c3QzSsjecJci3lRczFVZS6q1TBMvM1MMQtkVR+y79MmfFBIHycq
mfAKVOjgnQcuobmolawWWG7uvHjbAgMBAAGjUzBRMB0GA1UdDgQWBBSODdQgG20z
HXpDRJhC5h02xu4EyzAfBgNVHSMEGDAWgBSODdQgG20zHXpDRJhC5h02xu4EyzAP
BgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3DQEBCwUAA4IBAQCFAQxBLa92lcsKVesR
qGPHuE8B0c6/LseRVoWz7N6BEnNoXKgKnCnyYHqDFPasXQ3vRudN/dtu8XeoWrxp
DtYUmxV/BKkaZEON4DYXWVrFK66dNpKP+5HXWFlygHgqEkHxYmfY/rrV4T6sEF9G
5J2dmbpyYEWBHlBZsdQg9Wj7ZLgGqhu/LV4Pl0SmM7AQ0YX0MuF5u82U5ShE/mmk
yZjGm2FvDRpJr3cv4iNtISeC+53/3nxukvKMFgtYvnONwUMBp73GrunflPdxPV42
D3BxHLBQJFmcJb04NPMy90K8qGbDJrZoTBLzuYpDfKSOUJpnIspFB99JxH48d4gi
d8UA
-----END CERTIFICATE-----
`

// biome-ignore format: one message a line
export const messages = {
  confirmation: {"Type": "SubscriptionConfirmation", "MessageId": "m-0", "Token": "tok", "TopicArn": "arn:aws:sns:sa-east-1:123456789012:pagos", "Message": "confirm", "SubscribeURL": "https://sns.sa-east-1.amazonaws.com/?Action=ConfirmSubscription", "Timestamp": "2026-11-25T18:59:16.980Z", "SignatureVersion": "2", "Signature": "g2NWdy6jUwbty7/VPjr6yuLmoM9vM6324RAQiL9v9ads9a/Z3GhhyoNeHKFMz7bdtWj+9MAnzkXyJdmdrnDmt4vmZ+8NqxyfF73AtNcyNiodKZ4doPC+XqP7JcRf2KqAT/pw2bN75n+0Th7g0e/XbJ3q+EOYQNo1eVGjzcgwyZ6KxWCppOR6860Hr2EyJ8kt/wUCdXrfaq9tGyH2SoIt3/mj9mfWetFF/zk9qMW7pz1aX13P7/jJBrvA3hSOqi1qpvoh9X5svk46HCZUCJKehQL+MHswk2nhLBXbqiN8ra6/KU+6L/Ol30CueGV6TiK7UN/zLyeAOmpUWy8wZhI7yw==", "SigningCertURL": "https://sns.sa-east-1.amazonaws.com/SimpleNotificationService-01d088a6f77103d0fe307c0069e40ed6.pem"},
  notification: {"Type": "Notification", "MessageId": "m-1", "TopicArn": "arn:aws:sns:sa-east-1:123456789012:pagos", "Message": "hola", "Timestamp": "2026-11-25T18:59:16.980Z", "SignatureVersion": "1", "Signature": "Z35qLHXoHywzCFWcg82JXJsOSWyKVM7IxXms08mKWpyHNsEnsHxo//sm3cm2TcRsb8hFvB7mDpKJjQHzJRSAE6WadXHxki5/adKT3e/TdBgfoBMsfGzjV3jsp6bsNwjo7WIcDKFMLoWpX2YYYWuvBr7LrMiKAnBoXnJlFgvMXIpFT0PYsB5ODabsoJSmrW7HQ4mmjAlazaAOqBwVrCToBxWbk1DPOzaRWcZVUZ0IA2N71qwddqTGIqmv5EcKuZZ1TL2IAi5G5t81pxNWS5grqL8LwQM12pWda3HPfSVJG0CJU2ED6lldwyWMOkTcLvoXRSNaqVKOIIUk63LS/HBT8A==", "SigningCertURL": "https://sns.sa-east-1.amazonaws.com/SimpleNotificationService-01d088a6f77103d0fe307c0069e40ed6.pem"},
} as const
