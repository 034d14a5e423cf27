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
  name       = "it-cl-a"
  subnet_ids = aws_subnet.a[*].id
}
resource "aws_db_subnet_group" "b" {
  provider   = aws.recovery
  name       = "it-cl-b"
  subnet_ids = aws_subnet.b[*].id
}
resource "aws_rds_cluster_parameter_group" "a" {
  name   = "it-cl-a"
  family = "aurora-postgresql16"
  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }
  parameter {
    name  = "rds.global_db_rpo"
    value = "60"
  }
}
resource "aws_rds_cluster" "maz" {
  cluster_identifier          = "it-maz"
  engine                      = "postgres"
  engine_version              = "16.4"
  db_cluster_instance_class   = "db.r6gd.large"
  storage_type                = "io1"
  allocated_storage           = 100
  iops                        = 1000
  storage_encrypted           = true
  kms_key_id                  = aws_kms_key.a.arn
  database_name               = "shop"
  master_username             = "dbadmin"
  manage_master_user_password = true
  db_subnet_group_name        = aws_db_subnet_group.a.name
  vpc_security_group_ids      = [aws_security_group.a.id]
  backup_retention_period     = 14
  deletion_protection         = true
  skip_final_snapshot         = false
  final_snapshot_identifier   = "it-maz-final"
  copy_tags_to_snapshot       = true
}
resource "aws_rds_cluster" "aurora" {
  cluster_identifier                  = "it-aurora"
  engine                              = "aurora-postgresql"
  engine_version                      = "16.4"
  storage_encrypted                   = true
  kms_key_id                          = aws_kms_key.a.arn
  database_name                       = "shop"
  master_username                     = "dbadmin"
  manage_master_user_password         = true
  db_subnet_group_name                = aws_db_subnet_group.a.name
  db_cluster_parameter_group_name     = aws_rds_cluster_parameter_group.a.name
  vpc_security_group_ids              = [aws_security_group.a.id]
  backup_retention_period             = 14
  deletion_protection                 = true
  skip_final_snapshot                 = false
  final_snapshot_identifier           = "it-aurora-final"
  copy_tags_to_snapshot               = true
  iam_database_authentication_enabled = true
  enabled_cloudwatch_logs_exports     = ["postgresql"]
}
resource "aws_rds_cluster_instance" "aurora" {
  count                        = 2
  identifier                   = "it-aurora-${count.index}"
  cluster_identifier           = aws_rds_cluster.aurora.id
  engine                       = aws_rds_cluster.aurora.engine
  engine_version               = aws_rds_cluster.aurora.engine_version
  instance_class               = "db.r6g.large"
  promotion_tier               = 0
  performance_insights_enabled = true
  auto_minor_version_upgrade   = true
  copy_tags_to_snapshot        = true
}
resource "aws_rds_global_cluster" "g" {
  global_cluster_identifier = "it-global"
  engine                    = "aurora-postgresql"
  engine_version            = "16.4"
  database_name             = "shop"
  storage_encrypted         = true
  deletion_protection       = true
}
resource "aws_rds_cluster" "p" {
  cluster_identifier              = "it-g-primary"
  global_cluster_identifier       = aws_rds_global_cluster.g.id
  engine                          = "aurora-postgresql"
  engine_version                  = "16.4"
  database_name                   = "shop"
  storage_encrypted               = true
  kms_key_id                      = aws_kms_key.a.arn
  master_username                 = "dbadmin"
  master_password                 = "not-a-secret"
  db_subnet_group_name            = aws_db_subnet_group.a.name
  db_cluster_parameter_group_name = aws_rds_cluster_parameter_group.a.name
  backup_retention_period         = 14
  deletion_protection             = true
  skip_final_snapshot             = false
  final_snapshot_identifier       = "it-g-final"
  lifecycle { ignore_changes = [replication_source_identifier] }
}
resource "aws_rds_cluster_instance" "p" {
  identifier         = "it-g-primary-0"
  cluster_identifier = aws_rds_cluster.p.id
  engine             = "aurora-postgresql"
  instance_class     = "db.r6g.large"
}
resource "aws_rds_cluster" "s" {
  provider                  = aws.recovery
  cluster_identifier        = "it-g-secondary"
  global_cluster_identifier = aws_rds_global_cluster.g.id
  engine                    = "aurora-postgresql"
  engine_version            = "16.4"
  storage_encrypted         = true
  kms_key_id                = aws_kms_key.b.arn
  db_subnet_group_name      = aws_db_subnet_group.b.name
  backup_retention_period   = 14
  deletion_protection       = true
  skip_final_snapshot       = false
  final_snapshot_identifier = "it-s-final"
  depends_on                = [aws_rds_cluster_instance.p]
  lifecycle { ignore_changes = [replication_source_identifier] }
}
resource "aws_rds_cluster_instance" "s" {
  provider           = aws.recovery
  identifier         = "it-g-secondary-0"
  cluster_identifier = aws_rds_cluster.s.id
  engine             = "aurora-postgresql"
  instance_class     = "db.r6g.large"
}
resource "aws_rds_global_cluster" "h" {
  global_cluster_identifier = "it-headless"
  engine                    = "aurora-mysql"
  engine_version            = "8.0.mysql_aurora.3.08.0"
  storage_encrypted         = true
}
resource "aws_rds_cluster" "hp" {
  cluster_identifier          = "it-h-primary"
  global_cluster_identifier   = aws_rds_global_cluster.h.id
  engine                      = "aurora-mysql"
  engine_version              = "8.0.mysql_aurora.3.08.0"
  storage_encrypted           = true
  kms_key_id                  = aws_kms_key.a.arn
  master_username             = "dbadmin"
  master_password             = "not-a-secret"
  db_subnet_group_name        = aws_db_subnet_group.a.name
  skip_final_snapshot         = true
  lifecycle { ignore_changes = [replication_source_identifier] }
}
resource "aws_rds_cluster_instance" "hp" {
  identifier         = "it-h-primary-0"
  cluster_identifier = aws_rds_cluster.hp.id
  engine             = "aurora-mysql"
  instance_class     = "db.r6g.large"
}
resource "aws_rds_cluster" "hs" {
  provider                  = aws.recovery
  cluster_identifier        = "it-h-secondary"
  global_cluster_identifier = aws_rds_global_cluster.h.id
  engine                    = "aurora-mysql"
  engine_version            = "8.0.mysql_aurora.3.08.0"
  storage_encrypted         = true
  kms_key_id                = aws_kms_key.b.arn
  db_subnet_group_name      = aws_db_subnet_group.b.name
  skip_final_snapshot       = true
  depends_on                = [aws_rds_cluster_instance.hp]
  lifecycle { ignore_changes = [replication_source_identifier] }
}
