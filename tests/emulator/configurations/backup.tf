resource "aws_kms_key" "a" {}
resource "aws_kms_key" "b" { provider = aws.recovery }
resource "aws_backup_vault" "a" {
  name        = "it"
  kms_key_arn = aws_kms_key.a.arn
}
resource "aws_backup_vault" "b" {
  provider    = aws.recovery
  name        = "it"
  kms_key_arn = aws_kms_key.b.arn
}
resource "aws_backup_vault_lock_configuration" "b" {
  provider           = aws.recovery
  backup_vault_name  = aws_backup_vault.b.name
  min_retention_days = 7
  max_retention_days = 365
}
resource "aws_backup_vault_policy" "a" {
  backup_vault_name = aws_backup_vault.a.name
  policy            = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "x", Effect = "Deny", Principal = "*", Action = "backup:DeleteRecoveryPoint", Resource = "*" }] })
}
resource "aws_backup_plan" "p" {
  name = "it"
  rule {
    rule_name                    = "hourly"
    target_vault_name            = aws_backup_vault.a.name
    schedule                     = "cron(0 * * * ? *)"
    schedule_expression_timezone = "Etc/UTC"
    start_window                 = 60
    completion_window            = 120
    enable_continuous_backup     = false
    lifecycle { delete_after = 35 }
    copy_action {
      destination_vault_arn = aws_backup_vault.b.arn
      lifecycle { delete_after = 35 }
    }
  }
  rule {
    rule_name                = "continuous"
    target_vault_name        = aws_backup_vault.a.name
    schedule                 = "cron(0 5 * * ? *)"
    enable_continuous_backup = true
    lifecycle { delete_after = 35 }
  }
}
resource "aws_iam_role" "b" {
  name               = "it-backup"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "backup.amazonaws.com" } }] })
}
resource "aws_iam_role_policy_attachment" "b" {
  for_each   = toset(["service-role/AWSBackupServiceRolePolicyForBackup", "service-role/AWSBackupServiceRolePolicyForRestores", "AWSBackupServiceRolePolicyForS3Backup", "AWSBackupServiceRolePolicyForS3Restore"])
  role       = aws_iam_role.b.name
  policy_arn = "arn:aws:iam::aws:policy/${each.key}"
}
resource "aws_backup_selection" "s" {
  name         = "it"
  plan_id      = aws_backup_plan.p.id
  iam_role_arn = aws_iam_role.b.arn
  resources    = ["arn:aws:dynamodb:eu-west-1:123456789012:table/it-orders"]
}
resource "aws_backup_selection" "t" {
  name         = "it-tag"
  plan_id      = aws_backup_plan.p.id
  iam_role_arn = aws_iam_role.b.arn
  selection_tag {
    type  = "STRINGEQUALS"
    key   = "recovery:workload"
    value = "shop"
  }
}
resource "aws_iam_policy" "p" {
  name   = "it"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })
}
resource "aws_backup_restore_testing_plan" "r" {
  name                = "it"
  schedule_expression = "cron(0 5 ? * SUN *)"
  recovery_point_selection {
    algorithm            = "LATEST_WITHIN_WINDOW"
    include_vaults       = [aws_backup_vault.a.arn]
    recovery_point_types = ["SNAPSHOT"]
  }
}
resource "aws_backup_restore_testing_selection" "r" {
  name                      = "tables"
  restore_testing_plan_name = aws_backup_restore_testing_plan.r.name
  protected_resource_type   = "DynamoDB"
  iam_role_arn              = aws_iam_role.b.arn
  protected_resource_arns   = ["*"]
  validation_window_hours   = 4
}
