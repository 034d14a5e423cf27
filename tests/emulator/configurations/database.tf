resource "aws_vpc" "a" { cidr_block = "10.0.0.0/16" }
resource "aws_subnet" "a" {
  count             = 3
  vpc_id            = aws_vpc.a.id
  cidr_block        = "10.0.${count.index}.0/24"
  availability_zone = "eu-west-1${element(["a", "b", "c"], count.index)}"
}
resource "aws_security_group" "a" {
  name   = "db"
  vpc_id = aws_vpc.a.id
}
resource "aws_vpc" "b" {
  provider   = aws.recovery
  cidr_block = "10.1.0.0/16"
}
resource "aws_subnet" "b" {
  provider          = aws.recovery
  count             = 3
  vpc_id            = aws_vpc.b.id
  cidr_block        = "10.1.${count.index}.0/24"
  availability_zone = "eu-central-1${element(["a", "b", "c"], count.index)}"
}
resource "aws_kms_key" "a" {}
resource "aws_kms_key" "b" { provider = aws.recovery }
resource "aws_db_subnet_group" "a" {
  name       = "it-rds-a"
  subnet_ids = aws_subnet.a[*].id
}
resource "aws_db_subnet_group" "b" {
  provider   = aws.recovery
  name       = "it-rds-b"
  subnet_ids = aws_subnet.b[*].id
}
resource "aws_db_parameter_group" "a" {
  name   = "it-rds-a"
  family = "postgres16"
  parameter {
    # What is the default anyway keeps this, whatever is asked.
    apply_method = "pending-reboot"
    name         = "rds.force_ssl"
    value        = "1"
  }
  parameter {
    name  = "log_min_duration_statement"
    value = "1000"
  }
}
resource "aws_db_parameter_group" "b" {
  provider = aws.recovery
  name     = "it-rds-b"
  family   = "postgres16"
  parameter {
    # What is the default anyway keeps this, whatever is asked.
    apply_method = "pending-reboot"
    name         = "rds.force_ssl"
    value        = "1"
  }
}
resource "aws_iam_role" "m" {
  name               = "it-rds-monitoring"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "monitoring.rds.amazonaws.com" } }] })
}
resource "aws_iam_role_policy_attachment" "m" {
  role       = aws_iam_role.m.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
}
resource "aws_db_instance" "a" {
  identifier                            = "it-a"
  engine                                = "postgres"
  engine_version                        = "16.4"
  instance_class                        = "db.r6g.large"
  allocated_storage                     = 100
  max_allocated_storage                 = 1000
  storage_type                          = "gp3"
  storage_encrypted                     = true
  kms_key_id                            = aws_kms_key.a.arn
  db_name                               = "shop"
  username                              = "dbadmin"
  password                              = "not-a-secret"
  db_subnet_group_name                  = aws_db_subnet_group.a.name
  vpc_security_group_ids                = [aws_security_group.a.id]
  parameter_group_name                  = aws_db_parameter_group.a.name
  multi_az                              = true
  backup_retention_period               = 14
  backup_window                         = "02:00-03:00"
  maintenance_window                    = "sun:04:00-sun:05:00"
  performance_insights_enabled          = true
  performance_insights_kms_key_id       = aws_kms_key.a.arn
  performance_insights_retention_period = 7
  monitoring_interval                   = 60
  monitoring_role_arn                   = aws_iam_role.m.arn
  enabled_cloudwatch_logs_exports       = ["postgresql", "upgrade"]
  iam_database_authentication_enabled   = true
  auto_minor_version_upgrade            = true
  copy_tags_to_snapshot                 = true
  deletion_protection                   = true
  skip_final_snapshot                   = false
  final_snapshot_identifier             = "it-a-final"
  publicly_accessible                   = false
  apply_immediately                     = true
}
resource "aws_db_instance" "b" {
  provider                            = aws.recovery
  identifier                          = "it-b"
  replicate_source_db                 = aws_db_instance.a.arn
  instance_class                      = "db.r6g.large"
  storage_encrypted                   = true
  kms_key_id                          = aws_kms_key.b.arn
  db_subnet_group_name                = aws_db_subnet_group.b.name
  parameter_group_name                = aws_db_parameter_group.b.name
  multi_az                            = true
  backup_retention_period             = 14
  deletion_protection                 = true
  skip_final_snapshot                 = false
  final_snapshot_identifier           = "it-b-final"
  publicly_accessible                 = false
  auto_minor_version_upgrade          = true
  copy_tags_to_snapshot               = true
  performance_insights_enabled        = true
  iam_database_authentication_enabled = true
}
resource "aws_db_instance_automated_backups_replication" "a" {
  provider               = aws.recovery
  source_db_instance_arn = aws_db_instance.a.arn
  kms_key_id             = aws_kms_key.b.arn
  retention_period       = 14
}
