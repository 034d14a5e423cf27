# What a service is given: a secret with a replica that is looked up by its name, parameters, images, certificates.
resource "aws_kms_key" "configuration" {
  enable_key_rotation     = true
  deletion_window_in_days = 30
}
resource "aws_kms_key" "configuration_recovery" {
  provider                = aws.recovery
  enable_key_rotation     = true
  deletion_window_in_days = 30
}

resource "aws_secretsmanager_secret" "token" {
  name                    = "it-token"
  description             = "token of it"
  kms_key_id              = aws_kms_key.configuration.arn
  recovery_window_in_days = 30
  replica {
    region     = "eu-central-1"
    kms_key_id = aws_kms_key.configuration_recovery.arn
  }
}
resource "aws_secretsmanager_secret" "own_key" {
  name                    = "it-own-key"
  kms_key_id              = aws_kms_key.configuration.arn
  recovery_window_in_days = 30
  replica { region = "eu-central-1" }
}
data "aws_secretsmanager_secret" "token" {
  provider   = aws.recovery
  name       = "it-token"
  depends_on = [aws_secretsmanager_secret.token]
}
output "replica" { value = data.aws_secretsmanager_secret.token.arn }
output "secret" { value = aws_secretsmanager_secret.token.arn }

resource "aws_ssm_parameter" "level" {
  name   = "/it/level"
  type   = "SecureString"
  tier   = "Standard"
  key_id = aws_kms_key.configuration.arn
  value  = "info"
}
resource "aws_ssm_parameter" "level_recovery" {
  provider = aws.recovery
  name     = "/it/level"
  type     = "SecureString"
  tier     = "Standard"
  key_id   = aws_kms_key.configuration_recovery.arn
  value    = "info"
}

resource "aws_ecr_repository" "web" {
  name                 = "it/web"
  image_tag_mutability = "IMMUTABLE"
  image_scanning_configuration { scan_on_push = true }
  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = aws_kms_key.configuration.arn
  }
}
resource "aws_ecr_repository" "web_recovery" {
  provider             = aws.recovery
  name                 = "it/web"
  image_tag_mutability = "IMMUTABLE"
  image_scanning_configuration { scan_on_push = true }
  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = aws_kms_key.configuration_recovery.arn
  }
}
resource "aws_route53_zone" "configuration" { name = "it.test" }
resource "aws_acm_certificate" "configuration" {
  domain_name               = "it.test"
  subject_alternative_names = ["*.it.test"]
  validation_method         = "DNS"
  lifecycle { create_before_destroy = true }
}
resource "aws_acm_certificate" "configuration_recovery" {
  provider                  = aws.recovery
  domain_name               = "it.test"
  subject_alternative_names = ["*.it.test"]
  validation_method         = "DNS"
  lifecycle { create_before_destroy = true }
}
resource "aws_route53_record" "configuration" {
  zone_id = aws_route53_zone.configuration.zone_id
  name    = one([for item in aws_acm_certificate.configuration.domain_validation_options : item.resource_record_name if item.domain_name == "it.test"])
  records = [one([for item in aws_acm_certificate.configuration.domain_validation_options : item.resource_record_value if item.domain_name == "it.test"])]
  type    = "CNAME"
  ttl     = 60
}
resource "aws_acm_certificate_validation" "configuration" {
  certificate_arn         = aws_acm_certificate.configuration.arn
  validation_record_fqdns = [aws_route53_record.configuration.fqdn]
}
resource "aws_acm_certificate_validation" "configuration_recovery" {
  provider        = aws.recovery
  certificate_arn = aws_acm_certificate.configuration_recovery.arn
}
resource "aws_ecr_replication_configuration" "configuration" {
  replication_configuration {
    rule {
      destination {
        region      = "eu-central-1"
        registry_id = "123456789012"
      }
      repository_filter {
        filter      = "it/"
        filter_type = "PREFIX_MATCH"
      }
    }
  }
}
