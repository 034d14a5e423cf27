resource "aws_kms_key" "a" {}
resource "aws_kms_key" "b" { provider = aws.recovery }
resource "aws_vpc" "a" { cidr_block = "10.1.0.0/16" }
resource "aws_subnet" "a" {
  count             = 2
  vpc_id            = aws_vpc.a.id
  cidr_block        = "10.1.${count.index}.0/24"
  availability_zone = "eu-west-1${element(["a", "b"], count.index)}"
}
resource "aws_security_group" "a" {
  name        = "nfs"
  vpc_id      = aws_vpc.a.id
  description = "nfs"
}
resource "aws_efs_file_system" "a" {
  creation_token  = "it-files"
  encrypted       = true
  kms_key_id      = aws_kms_key.a.arn
  throughput_mode = "bursting"
  lifecycle_policy { transition_to_ia = "AFTER_30_DAYS" }
}
resource "aws_efs_mount_target" "a" {
  count           = 2
  file_system_id  = aws_efs_file_system.a.id
  subnet_id       = aws_subnet.a[count.index].id
  security_groups = [aws_security_group.a.id]
}
resource "aws_efs_backup_policy" "a" {
  file_system_id = aws_efs_file_system.a.id
  backup_policy { status = "DISABLED" }
}
resource "aws_efs_file_system" "b" {
  provider       = aws.recovery
  creation_token = "it-files"
  encrypted      = true
  kms_key_id     = aws_kms_key.b.arn
  protection { replication_overwrite = "DISABLED" }
  lifecycle { ignore_changes = [protection] }
}
resource "aws_efs_replication_configuration" "a" {
  source_file_system_id = aws_efs_file_system.a.id
  destination {
    file_system_id = aws_efs_file_system.b.id
    region         = "eu-central-1"
  }
}
data "aws_efs_file_system" "a" {
  creation_token = aws_efs_file_system.a.creation_token
}
resource "aws_efs_file_system" "one_zone" {
  creation_token         = "it-one-zone"
  availability_zone_name = "eu-west-1a"
}
