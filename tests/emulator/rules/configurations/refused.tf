# Each resource is refused by the rule named above it. What they build on is deployed by accepted.tf.

# rds.replica-without-key
resource "aws_db_instance" "keyless" {
  provider            = aws.recovery
  identifier          = "keyless"
  replicate_source_db = "arn:aws:rds:eu-west-1:123456789012:db:source"
  instance_class      = "db.r6g.large"
  skip_final_snapshot = true
}
# rds.key-of-another-region
resource "aws_db_instance" "foreign_key" {
  provider            = aws.recovery
  identifier          = "foreign-key"
  replicate_source_db = "arn:aws:rds:eu-west-1:123456789012:db:source"
  instance_class      = "db.r6g.large"
  kms_key_id          = "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000000"
  skip_final_snapshot = true
}
# rds.replica-source-needs-arn
resource "aws_db_instance" "by_identifier" {
  provider            = aws.recovery
  identifier          = "by-identifier"
  replicate_source_db = "source"
  instance_class      = "db.r6g.large"
  skip_final_snapshot = true
}
# rds.replica-of-managed-password
resource "aws_db_instance" "of_managed" {
  provider            = aws.recovery
  identifier          = "of-managed"
  replicate_source_db = "arn:aws:rds:eu-west-1:123456789012:db:managed"
  instance_class      = "db.r6g.large"
  skip_final_snapshot = true
}
# rds.replica-of-source-without-backups
resource "aws_db_instance" "of_unsaved" {
  provider            = aws.recovery
  identifier          = "of-unsaved"
  replicate_source_db = "arn:aws:rds:eu-west-1:123456789012:db:unsaved"
  instance_class      = "db.r6g.large"
  skip_final_snapshot = true
}
# rds.oracle-replica-option-group
resource "aws_db_instance" "of_oracle" {
  provider            = aws.recovery
  identifier          = "of-oracle"
  replicate_source_db = "arn:aws:rds:eu-west-1:123456789012:db:oracle"
  instance_class      = "db.m5.large"
  option_group_name   = "mine"
  skip_final_snapshot = true
}
# rds.version-that-does-not-exist
resource "aws_db_instance" "version" {
  identifier          = "version"
  engine              = "postgres"
  engine_version      = "99"
  instance_class      = "db.r6g.large"
  allocated_storage   = 100
  username            = "dbadmin"
  password            = "not-a-secret"
  skip_final_snapshot = true
}
# rds.class-that-does-not-exist
resource "aws_db_instance" "class" {
  identifier          = "class"
  engine              = "postgres"
  instance_class      = "db.nosuch.large"
  allocated_storage   = 100
  username            = "dbadmin"
  password            = "not-a-secret"
  skip_final_snapshot = true
}
# rds.class-not-for-the-engine
resource "aws_db_instance" "not_for_it" {
  identifier          = "not-for-it"
  engine              = "postgres"
  instance_class      = "db.serverless"
  allocated_storage   = 100
  username            = "dbadmin"
  password            = "not-a-secret"
  skip_final_snapshot = true
}
# rds.class-not-for-the-version
resource "aws_db_instance" "older" {
  identifier          = "older"
  engine              = "postgres"
  engine_version      = "14.7"
  instance_class      = "db.m8g.large"
  allocated_storage   = 100
  username            = "dbadmin"
  password            = "not-a-secret"
  skip_final_snapshot = true
}
# rds.multi-az-cluster-that-is-not-offered
resource "aws_rds_cluster" "not_offered" {
  cluster_identifier        = "not-offered"
  engine                    = "mysql"
  engine_version            = "5.7"
  db_cluster_instance_class = "db.m5d.large"
  storage_type              = "gp3"
  allocated_storage         = 400
  iops                      = 12000
  master_username           = "dbadmin"
  master_password           = "not-a-secret"
  skip_final_snapshot       = true
}
# rds.encryption-that-is-not-offered
resource "aws_db_instance" "not_encrypted" {
  identifier          = "not-encrypted"
  engine              = "sqlserver-ex"
  instance_class      = "db.t3.large"
  allocated_storage   = 100
  username            = "dbadmin"
  password            = "not-a-secret"
  storage_encrypted   = true
  skip_final_snapshot = true
}
# rds.zone-of-a-multi-az-instance
resource "aws_db_instance" "zone" {
  identifier          = "zone"
  engine              = "postgres"
  instance_class      = "db.r6g.large"
  allocated_storage   = 100
  username            = "dbadmin"
  password            = "not-a-secret"
  multi_az            = true
  availability_zone   = "eu-west-1a"
  skip_final_snapshot = true
}
# rds.master-password
resource "aws_db_instance" "password" {
  identifier          = "password"
  engine              = "postgres"
  instance_class      = "db.r6g.large"
  allocated_storage   = 100
  username            = "dbadmin"
  password            = "short"
  skip_final_snapshot = true
}
# rds.master-user-reserved
resource "aws_db_instance" "user" {
  identifier          = "user"
  engine              = "postgres"
  instance_class      = "db.r6g.large"
  allocated_storage   = 100
  username            = "admin"
  password            = "not-a-secret"
  skip_final_snapshot = true
}
# rds.master-user-name
resource "aws_db_instance" "user_name" {
  identifier          = "user-name"
  engine              = "mariadb"
  instance_class      = "db.r6g.large"
  allocated_storage   = 100
  username            = "seventeen_letters"
  password            = "not-a-secret"
  skip_final_snapshot = true
}
# rds.replica-of-an-edition-without
resource "aws_db_instance" "of_standard_edition" {
  provider            = aws.recovery
  identifier          = "of-standard-edition"
  replicate_source_db = "arn:aws:rds:eu-west-1:123456789012:db:oracle-standard"
  instance_class      = "db.m5.large"
  skip_final_snapshot = true
}
# rds.replica-of-a-version-without
resource "aws_db_instance" "of_an_old_version" {
  provider            = aws.recovery
  identifier          = "of-an-old-version"
  replicate_source_db = "arn:aws:rds:eu-west-1:123456789012:db:old-mariadb"
  instance_class      = "db.m5.large"
  skip_final_snapshot = true
}
# rds.family-that-does-not-exist
resource "aws_db_parameter_group" "family" {
  name   = "family"
  family = "postgres99"
}
# rds.parameter-that-does-not-exist
resource "aws_db_parameter_group" "unknown" {
  name   = "unknown"
  family = "postgres16"
  parameter {
    name  = "max_conections"
    value = "100"
  }
}
# rds.static-parameter-applied-immediately
resource "aws_db_parameter_group" "static" {
  name   = "static"
  family = "postgres16"
  parameter {
    name  = "max_connections"
    value = "100"
  }
}
# rds.replicated-backups-without-key
resource "aws_db_instance_automated_backups_replication" "keyless" {
  provider               = aws.recovery
  source_db_instance_arn = "arn:aws:rds:eu-west-1:123456789012:db:source"
}
# rds.replicated-backups-between-these-regions
resource "aws_db_instance_automated_backups_replication" "pair" {
  provider               = aws.unpaired
  source_db_instance_arn = "arn:aws:rds:eu-west-1:123456789012:db:source"
  kms_key_id             = "arn:aws:kms:eu-south-2:123456789012:key/00000000-0000-0000-0000-000000000000"
}
# rds.cluster-copy-without-key
resource "aws_rds_cluster" "keyless" {
  provider                  = aws.recovery
  cluster_identifier        = "keyless"
  global_cluster_identifier = "joined"
  engine                    = "aurora-postgresql"
  engine_version            = "16.4"
  skip_final_snapshot       = true
}
# rds.managed-password-in-global
resource "aws_rds_cluster" "managed" {
  cluster_identifier          = "managed"
  global_cluster_identifier   = "mysql"
  engine                      = "aurora-mysql"
  engine_version              = "8.0.mysql_aurora.3.08.0"
  master_username             = "dbadmin"
  manage_master_user_password = true
  skip_final_snapshot         = true
}
# rds.class-of-a-global-database
resource "aws_rds_cluster_instance" "burstable" {
  identifier         = "burstable"
  cluster_identifier = "primary"
  engine             = "aurora-postgresql"
  instance_class     = "db.t4g.medium"
}
# rds.global-versions-differ
resource "aws_rds_cluster" "version" {
  provider                  = aws.recovery
  cluster_identifier        = "version"
  global_cluster_identifier = "joined"
  engine                    = "aurora-postgresql"
  engine_version            = "16.6"
  storage_encrypted         = true
  kms_key_id                = "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000000"
  skip_final_snapshot       = true
}
# rds.global-second-primary
resource "aws_rds_cluster" "second" {
  provider                  = aws.recovery
  cluster_identifier        = "second"
  global_cluster_identifier = "joined"
  engine                    = "aurora-postgresql"
  engine_version            = "16.4"
  storage_encrypted         = true
  kms_key_id                = "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000000"
  master_username           = "dbadmin"
  master_password           = "not-a-secret"
  skip_final_snapshot       = true
}
# rds.global-second-member-in-a-region
resource "aws_rds_cluster" "second_here" {
  cluster_identifier        = "second-here"
  global_cluster_identifier = "joined"
  engine                    = "aurora-postgresql"
  engine_version            = "16.4"
  storage_encrypted         = true
  skip_final_snapshot       = true
}
# rds.backtrack-in-global
resource "aws_rds_cluster" "backtrack" {
  provider                  = aws.recovery
  cluster_identifier        = "backtrack"
  global_cluster_identifier = "mysql"
  engine                    = "aurora-mysql"
  engine_version            = "8.0.mysql_aurora.3.08.0"
  backtrack_window          = 3600
  skip_final_snapshot       = true
}
# rds.serverless-capacity
resource "aws_rds_cluster" "capacity" {
  cluster_identifier  = "capacity"
  engine              = "aurora-postgresql"
  engine_version      = "16.4"
  master_username     = "dbadmin"
  master_password     = "not-a-secret"
  skip_final_snapshot = true
  serverlessv2_scaling_configuration {
    min_capacity = 8.25
    max_capacity = 16
  }
}
# rds.serverless-instance-without-capacity
resource "aws_rds_cluster_instance" "without_capacity" {
  identifier         = "without-capacity"
  cluster_identifier = "primary"
  engine             = "aurora-postgresql"
  instance_class     = "db.serverless"
}
# rds.cluster-source-needs-arn
resource "aws_rds_cluster" "by_identifier" {
  provider                      = aws.recovery
  cluster_identifier            = "by-identifier"
  replication_source_identifier = "mysql"
  engine                        = "aurora-mysql"
  skip_final_snapshot           = true
}
# rds.cluster-already-in-a-global
resource "aws_rds_global_cluster" "taken" {
  global_cluster_identifier    = "taken"
  source_db_cluster_identifier = "arn:aws:rds:eu-west-1:123456789012:cluster:primary"
  force_destroy                = true
}
# dynamodb.replica-without-key
resource "aws_dynamodb_table_replica" "keyless" {
  provider         = aws.third
  global_table_arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/encrypted"
}
# dynamodb.replica-key-of-another-region
resource "aws_dynamodb_table_replica" "foreign_key" {
  provider         = aws.third
  global_table_arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/encrypted"
  kms_key_arn      = "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000000"
}
# dynamodb.provisioned-replica-without-scaling
resource "aws_dynamodb_table" "provisioned" {
  name             = "unscaled"
  billing_mode     = "PROVISIONED"
  read_capacity    = 1
  write_capacity   = 1
  hash_key         = "pk"
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"
  attribute {
    name = "pk"
    type = "S"
  }
  replica { region_name = "eu-central-1" }
}
# s3.existing-object-replication
resource "aws_s3_bucket_replication_configuration" "existing" {
  bucket = "rules-a"
  role   = "arn:aws:iam::123456789012:role/rules"
  rule {
    id       = "all"
    priority = 0
    status   = "Enabled"
    filter { prefix = "" }
    delete_marker_replication { status = "Enabled" }
    existing_object_replication { status = "Enabled" }
    destination { bucket = "arn:aws:s3:::rules-b" }
  }
}
# s3.replication-time-of-15-minutes
resource "aws_s3_bucket_replication_configuration" "time" {
  bucket = "rules-a"
  role   = "arn:aws:iam::123456789012:role/rules"
  rule {
    id       = "all"
    priority = 0
    status   = "Enabled"
    filter { prefix = "" }
    delete_marker_replication { status = "Enabled" }
    destination {
      bucket = "arn:aws:s3:::rules-b"
      metrics {
        status = "Enabled"
        event_threshold { minutes = 10 }
      }
      replication_time {
        status = "Enabled"
        time { minutes = 10 }
      }
    }
  }
}
# s3.replication-threshold-without-time-control
resource "aws_s3_bucket_replication_configuration" "threshold" {
  bucket = "rules-a"
  role   = "arn:aws:iam::123456789012:role/rules"
  rule {
    id       = "all"
    priority = 0
    status   = "Enabled"
    filter { prefix = "" }
    delete_marker_replication { status = "Enabled" }
    destination {
      bucket = "arn:aws:s3:::rules-b"
      metrics {
        status = "Enabled"
        event_threshold { minutes = 15 }
      }
    }
  }
}
# s3.replication-of-encrypted-objects-needs-key
resource "aws_s3_bucket_replication_configuration" "keyless" {
  bucket = "rules-a"
  role   = "arn:aws:iam::123456789012:role/rules"
  rule {
    id       = "all"
    priority = 0
    status   = "Enabled"
    filter { prefix = "" }
    delete_marker_replication { status = "Enabled" }
    source_selection_criteria {
      sse_kms_encrypted_objects { status = "Enabled" }
    }
    destination { bucket = "arn:aws:s3:::rules-b" }
  }
}
# backup.start-window-of-an-hour
resource "aws_backup_plan" "start" {
  name = "start"
  rule {
    rule_name         = "daily"
    target_vault_name = "rules"
    schedule          = "cron(0 5 * * ? *)"
    start_window      = 10
  }
}
# backup.cold-storage-for-90-days
resource "aws_backup_plan" "cold" {
  name = "cold"
  rule {
    rule_name         = "daily"
    target_vault_name = "rules"
    schedule          = "cron(0 5 * * ? *)"
    lifecycle {
      cold_storage_after = 30
      delete_after       = 60
    }
  }
}
# backup.continuous-for-35-days
resource "aws_backup_plan" "continuous" {
  name = "continuous"
  rule {
    rule_name                = "daily"
    target_vault_name        = "rules"
    schedule                 = "cron(0 5 * * ? *)"
    enable_continuous_backup = true
    lifecycle { delete_after = 36 }
  }
}
# route53.reserved-zone
resource "aws_route53_zone" "reserved" { name = "shop.example.com" }
data "aws_route53_zone" "z" { name = "rules.test" }
# route53.record-that-points-at-itself
resource "aws_route53_record" "itself" {
  zone_id = data.aws_route53_zone.z.zone_id
  name    = "own"
  type    = "CNAME"
  ttl     = 60
  records = ["own.rules.test"]
}
# route53.cname-at-apex
resource "aws_route53_record" "apex" {
  zone_id = data.aws_route53_zone.z.zone_id
  name    = "rules.test"
  type    = "CNAME"
  ttl     = 60
  records = ["b.rules.test"]
}
# cloudwatch.composite-of-alarms-that-do-not-exist
resource "aws_cloudwatch_composite_alarm" "nothing" {
  alarm_name = "rules-nothing"
  alarm_rule = "ALARM(rules-nowhere)"
}
# cloudwatch.composite-of-a-hundred-alarms
resource "aws_cloudwatch_composite_alarm" "hundred" {
  alarm_name = "rules-hundred"
  alarm_rule = join(" OR ", [for number in range(101) : "ALARM(rules-${number})"])
}
# cloudfront.writes-to-an-origin-group
resource "aws_cloudfront_distribution" "writes" {
  enabled = true
  origin {
    origin_id   = "one"
    domain_name = "rules-a.s3.eu-west-1.amazonaws.com"
  }
  origin {
    origin_id   = "two"
    domain_name = "rules-b.s3.eu-central-1.amazonaws.com"
  }
  origin_group {
    origin_id = "group"
    failover_criteria { status_codes = [503] }
    member { origin_id = "one" }
    member { origin_id = "two" }
  }
  default_cache_behavior {
    target_origin_id       = "group"
    allowed_methods        = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
    cached_methods         = ["GET", "HEAD"]
    viewer_protocol_policy = "https-only"
    cache_policy_id        = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  }
  restrictions {
    geo_restriction { restriction_type = "none" }
  }
  viewer_certificate { cloudfront_default_certificate = true }
}
# cloudfront.failover-status-codes
resource "aws_cloudfront_distribution" "statuses" {
  enabled = true
  origin {
    origin_id   = "one"
    domain_name = "rules-a.s3.eu-west-1.amazonaws.com"
  }
  origin {
    origin_id   = "two"
    domain_name = "rules-b.s3.eu-central-1.amazonaws.com"
  }
  origin_group {
    origin_id = "group"
    failover_criteria { status_codes = [418] }
    member { origin_id = "one" }
    member { origin_id = "two" }
  }
  default_cache_behavior {
    target_origin_id       = "group"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    viewer_protocol_policy = "https-only"
    cache_policy_id        = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  }
  restrictions {
    geo_restriction { restriction_type = "none" }
  }
  viewer_certificate { cloudfront_default_certificate = true }
}
# dsql.witness-in-a-region-of-its-own
resource "aws_dsql_cluster" "witness" {
  multi_region_properties { witness_region = "eu-west-1" }
}
# rds.restore-without-backups
resource "aws_db_instance" "restored_unsaved" {
  identifier          = "restored-unsaved"
  instance_class      = "db.r6g.large"
  skip_final_snapshot = true
  restore_to_point_in_time {
    source_db_instance_identifier = "unsaved"
    use_latest_restorable_time    = true
  }
}
# rds.restore-outside-window
resource "aws_db_instance" "restored_outside" {
  identifier          = "restored-outside"
  instance_class      = "db.r6g.large"
  skip_final_snapshot = true
  restore_to_point_in_time {
    source_db_instance_identifier = "source"
    restore_time                  = "2020-01-01T00:00:00Z"
  }
}
# rds.cluster-restore-outside-window
resource "aws_rds_cluster" "restored_outside" {
  cluster_identifier  = "restored-outside"
  engine              = "aurora-postgresql"
  skip_final_snapshot = true
  restore_to_point_in_time {
    source_cluster_identifier = "primary"
    restore_to_time           = "2020-01-01T00:00:00Z"
  }
}
# dynamodb.restore-without-recovery
resource "aws_dynamodb_table" "restored" {
  name                   = "restored"
  billing_mode           = "PAY_PER_REQUEST"
  hash_key               = "pk"
  restore_source_name    = "encrypted"
  restore_to_latest_time = true
  attribute {
    name = "pk"
    type = "S"
  }
}
# dsql.key-closed-to-the-service
resource "aws_dsql_cluster" "closed_key" {
  kms_encryption_key = aws_kms_key.closed.arn
}
resource "aws_kms_key" "closed" {
  bypass_policy_lockout_safety_check = true
  policy                             = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "kms:*", Resource = "*", Principal = { Service = "s3.amazonaws.com" } }] })
}
# logs.key-closed-to-the-service
resource "aws_cloudwatch_log_group" "closed_key" {
  name       = "closed-key"
  kms_key_id = aws_kms_key.closed.arn
}
# dynamodb.key-closed-to-the-account
resource "aws_dynamodb_table" "closed_key" {
  name         = "closed-key"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "pk"
  attribute {
    name = "pk"
    type = "S"
  }
  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.closed.arn
  }
}
# backup.role-cannot-be-assumed
data "aws_iam_role" "r" { name = "rules" }
resource "aws_backup_plan" "selected" {
  name = "selected"
  rule {
    rule_name         = "daily"
    target_vault_name = "rules"
    schedule          = "cron(0 5 * * ? *)"
  }
}
resource "aws_backup_selection" "role" {
  name         = "role"
  plan_id      = aws_backup_plan.selected.id
  iam_role_arn = data.aws_iam_role.r.arn
  resources    = ["*"]
}
# s3.replication-rule-not-whole
resource "aws_s3_bucket_replication_configuration" "part" {
  bucket = "rules-a"
  role   = "arn:aws:iam::123456789012:role/rules"
  rule {
    id       = "all"
    priority = 0
    status   = "Enabled"
    filter { prefix = "" }
    destination { bucket = "arn:aws:s3:::rules-b" }
  }
}
# s3.replication-priority-twice
resource "aws_s3_bucket_replication_configuration" "priorities" {
  bucket = "rules-a"
  role   = "arn:aws:iam::123456789012:role/rules"
  rule {
    id       = "a"
    priority = 1
    status   = "Enabled"
    filter { prefix = "a" }
    delete_marker_replication { status = "Enabled" }
    destination { bucket = "arn:aws:s3:::rules-b" }
  }
  rule {
    id       = "b"
    priority = 1
    status   = "Enabled"
    filter { prefix = "b" }
    delete_marker_replication { status = "Enabled" }
    destination { bucket = "arn:aws:s3:::rules-b" }
  }
}
# s3.delete-markers-of-tagged-objects
resource "aws_s3_bucket_replication_configuration" "tagged" {
  bucket = "rules-a"
  role   = "arn:aws:iam::123456789012:role/rules"
  rule {
    id       = "all"
    priority = 0
    status   = "Enabled"
    filter {
      tag {
        key   = "kept"
        value = "yes"
      }
    }
    delete_marker_replication { status = "Enabled" }
    destination { bucket = "arn:aws:s3:::rules-b" }
  }
}
# s3.replication-destination-that-does-not-exist
resource "aws_s3_bucket_replication_configuration" "nowhere" {
  bucket = "rules-a"
  role   = "arn:aws:iam::123456789012:role/rules"
  rule {
    id       = "all"
    priority = 0
    status   = "Enabled"
    filter { prefix = "" }
    delete_marker_replication { status = "Enabled" }
    destination { bucket = "arn:aws:s3:::rules-nowhere" }
  }
}
# s3.replication-into-the-bucket-itself
resource "aws_s3_bucket_replication_configuration" "itself" {
  bucket = "rules-a"
  role   = "arn:aws:iam::123456789012:role/rules"
  rule {
    id       = "all"
    priority = 0
    status   = "Enabled"
    filter { prefix = "" }
    delete_marker_replication { status = "Enabled" }
    destination { bucket = "arn:aws:s3:::rules-a" }
  }
}
# ecs.fargate-size-that-does-not-exist
resource "aws_ecs_task_definition" "size" {
  family                   = "size"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 1024
  memory                   = 1024
  container_definitions    = jsonencode([{ name = "web", image = "web" }])
}
# rds.encrypted-replica-of-an-open-source
resource "aws_db_instance" "of_open" {
  provider            = aws.recovery
  identifier          = "of-open"
  replicate_source_db = "arn:aws:rds:eu-west-1:123456789012:db:open"
  kms_key_id          = data.aws_kms_key.b.arn
  instance_class      = "db.r6g.large"
  skip_final_snapshot = true
}
# rds.backups-kept-35-days
resource "aws_db_instance_automated_backups_replication" "kept_long" {
  provider               = aws.recovery
  source_db_instance_arn = "arn:aws:rds:eu-west-1:123456789012:db:open"
  retention_period       = 36
}
# rds.key-that-cannot-be-used
resource "aws_db_instance" "unusable_key" {
  identifier          = "unusable-key"
  engine              = "postgres"
  engine_version      = "16.4"
  allocated_storage   = 100
  username            = "dbadmin"
  password            = "not-a-secret"
  storage_encrypted   = true
  kms_key_id          = "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000000"
  instance_class      = "db.r6g.large"
  skip_final_snapshot = true
}
# rds.parameter-group-of-another-family
resource "aws_db_instance" "other_family" {
  identifier           = "other-family"
  engine               = "postgres"
  engine_version       = "15.8"
  allocated_storage    = 100
  username             = "dbadmin"
  password             = "not-a-secret"
  parameter_group_name = "group"
  instance_class       = "db.r6g.large"
  skip_final_snapshot  = true
}
# rds.replicated-backups-of-source-without
resource "aws_db_instance_automated_backups_replication" "of_unsaved" {
  provider               = aws.recovery
  source_db_instance_arn = "arn:aws:rds:eu-west-1:123456789012:db:unsaved"
}
data "aws_kms_key" "b" {
  provider = aws.recovery
  key_id   = "alias/rules-b"
}
# rds.subnet-group-in-one-zone
resource "aws_db_subnet_group" "one_zone" {
  name       = "one-zone"
  subnet_ids = [aws_subnet.refused["10.8.0.0/24"].id, aws_subnet.refused["10.8.1.0/24"].id]
}
resource "aws_vpc" "refused" { cidr_block = "10.8.0.0/16" }
resource "aws_subnet" "refused" {
  for_each          = toset(["10.8.0.0/24", "10.8.1.0/24"])
  vpc_id            = aws_vpc.refused.id
  cidr_block        = each.key
  availability_zone = "eu-west-1a"
}
# rds.subnet-group-name-in-use
resource "aws_db_subnet_group" "in_use" {
  name       = "two-zones"
  subnet_ids = data.aws_db_subnet_group.two_zones.subnet_ids
}
data "aws_db_subnet_group" "two_zones" { name = "two-zones" }
# rds.multi-az-cluster-in-two-zones
resource "aws_rds_cluster" "two_zones" {
  cluster_identifier        = "two-zones"
  engine                    = "postgres"
  engine_version            = "16.4"
  db_cluster_instance_class = "db.r6gd.large"
  storage_type              = "io1"
  allocated_storage         = 100
  iops                      = 1000
  master_username           = "dbadmin"
  master_password           = "not-a-secret"
  db_subnet_group_name      = "two-zones"
  skip_final_snapshot       = true
}
# rds.global-of-nothing
resource "aws_rds_cluster" "of_nothing" {
  provider                  = aws.recovery
  cluster_identifier        = "of-nothing"
  engine                    = "aurora-postgresql"
  engine_version            = "16.4"
  global_cluster_identifier = "nowhere"
  skip_final_snapshot       = true
}
# rds.cluster-name-in-use
resource "aws_rds_cluster" "in_use" {
  cluster_identifier  = "primary"
  engine              = "aurora-postgresql"
  engine_version      = "16.4"
  master_username     = "dbadmin"
  master_password     = "not-a-secret"
  skip_final_snapshot = true
}
# dynamodb.key-that-cannot-be-used
resource "aws_dynamodb_table" "unusable_key" {
  name         = "unusable-key"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "pk"
  attribute {
    name = "pk"
    type = "S"
  }
  server_side_encryption {
    enabled     = true
    kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000000"
  }
}
# backup.schedule-that-is-no-cron
resource "aws_backup_plan" "rate" {
  name = "rate"
  rule {
    rule_name         = "daily"
    target_vault_name = "rules"
    schedule          = "rate(1 day)"
  }
}
# backup.completion-after-the-start-window
resource "aws_backup_plan" "completion" {
  name = "completion"
  rule {
    rule_name         = "daily"
    target_vault_name = "rules"
    schedule          = "cron(0 5 * * ? *)"
    start_window      = 120
    completion_window = 179
  }
}
# backup.vault-key-of-another-region
resource "aws_backup_vault" "foreign_key" {
  name        = "foreign-key"
  kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000000"
}
# route53.record-that-exists
resource "aws_route53_record" "twice" {
  zone_id = data.aws_route53_zone.z.zone_id
  name    = "app.rules.test"
  type    = "CNAME"
  ttl     = 60
  records = ["d.rules.test"]
}
# route53.cname-beside-another-record
resource "aws_route53_record" "beside" {
  zone_id = data.aws_route53_zone.z.zone_id
  name    = "app.rules.test"
  type    = "A"
  ttl     = 60
  records = ["192.0.2.1"]
}
# route53.routed-record-beside-another-kind
resource "aws_route53_record" "mixed" {
  zone_id        = data.aws_route53_zone.z.zone_id
  name           = "app.rules.test"
  type           = "CNAME"
  ttl            = 60
  records        = ["d.rules.test"]
  set_identifier = "primary"
  failover_routing_policy { type = "PRIMARY" }
}
# route53.address-that-is-none
resource "aws_route53_record" "address" {
  zone_id = data.aws_route53_zone.z.zone_id
  name    = "address.rules.test"
  type    = "A"
  ttl     = 60
  records = ["300.0.2.1"]
}
# route53.health-check-that-does-not-exist
resource "aws_route53_record" "unchecked" {
  zone_id         = data.aws_route53_zone.z.zone_id
  name            = "unchecked.rules.test"
  type            = "A"
  ttl             = 60
  records         = ["192.0.2.1"]
  health_check_id = "00000000-0000-0000-0000-000000000000"
}
# cloudfront.behavior-of-no-origin
resource "aws_cloudfront_distribution" "target" {
  enabled = true
  origin {
    origin_id   = "one"
    domain_name = "rules-a.s3.eu-west-1.amazonaws.com"
  }
  origin {
    origin_id   = "two"
    domain_name = "rules-b.s3.eu-central-1.amazonaws.com"
  }
  origin_group {
    origin_id = "group"
    failover_criteria { status_codes = [503] }
    member { origin_id = "one" }
    member { origin_id = "two" }
  }
  default_cache_behavior {
    target_origin_id       = "nothing"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    viewer_protocol_policy = "https-only"
    cache_policy_id        = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  }
  restrictions {
    geo_restriction { restriction_type = "none" }
  }
  viewer_certificate {
    cloudfront_default_certificate = true
  }
}
# cloudfront.members-of-an-origin-group
resource "aws_cloudfront_distribution" "members" {
  enabled = true
  origin {
    origin_id   = "one"
    domain_name = "rules-a.s3.eu-west-1.amazonaws.com"
  }
  origin {
    origin_id   = "two"
    domain_name = "rules-b.s3.eu-central-1.amazonaws.com"
  }
  origin_group {
    origin_id = "group"
    failover_criteria { status_codes = [503] }
    member { origin_id = "one" }
    member { origin_id = "three" }
  }
  default_cache_behavior {
    target_origin_id       = "group"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    viewer_protocol_policy = "https-only"
    cache_policy_id        = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  }
  restrictions {
    geo_restriction { restriction_type = "none" }
  }
  viewer_certificate {
    cloudfront_default_certificate = true
  }
}
# cloudfront.origin-read-timeout
resource "aws_cloudfront_distribution" "patient" {
  enabled = true
  origin {
    origin_id   = "one"
    domain_name = "rules-a.s3.eu-west-1.amazonaws.com"
    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "https-only"
      origin_ssl_protocols   = ["TLSv1.2"]
      origin_read_timeout    = 121
    }
  }
  origin {
    origin_id   = "two"
    domain_name = "rules-b.s3.eu-central-1.amazonaws.com"
    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "https-only"
      origin_ssl_protocols   = ["TLSv1.2"]
      origin_read_timeout    = 121
    }
  }
  origin_group {
    origin_id = "group"
    failover_criteria { status_codes = [503] }
    member { origin_id = "one" }
    member { origin_id = "two" }
  }
  default_cache_behavior {
    target_origin_id       = "group"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    viewer_protocol_policy = "https-only"
    cache_policy_id        = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  }
  restrictions {
    geo_restriction { restriction_type = "none" }
  }
  viewer_certificate {
    cloudfront_default_certificate = true
  }
}
# cloudfront.alias-without-certificate
resource "aws_cloudfront_distribution" "bare" {
  enabled = true
  aliases = ["bare.rules.test"]
  origin {
    origin_id   = "one"
    domain_name = "rules-a.s3.eu-west-1.amazonaws.com"
  }
  origin {
    origin_id   = "two"
    domain_name = "rules-b.s3.eu-central-1.amazonaws.com"
  }
  origin_group {
    origin_id = "group"
    failover_criteria { status_codes = [503] }
    member { origin_id = "one" }
    member { origin_id = "two" }
  }
  default_cache_behavior {
    target_origin_id       = "group"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    viewer_protocol_policy = "https-only"
    cache_policy_id        = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  }
  restrictions {
    geo_restriction { restriction_type = "none" }
  }
  viewer_certificate {
    cloudfront_default_certificate = true
  }
}
# cloudfront.alias-in-use
resource "aws_cloudfront_distribution" "alias" {
  enabled = true
  aliases = ["known.rules.test"]
  origin {
    origin_id   = "one"
    domain_name = "rules-a.s3.eu-west-1.amazonaws.com"
  }
  origin {
    origin_id   = "two"
    domain_name = "rules-b.s3.eu-central-1.amazonaws.com"
  }
  origin_group {
    origin_id = "group"
    failover_criteria { status_codes = [503] }
    member { origin_id = "one" }
    member { origin_id = "two" }
  }
  default_cache_behavior {
    target_origin_id       = "group"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    viewer_protocol_policy = "https-only"
    cache_policy_id        = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  }
  restrictions {
    geo_restriction { restriction_type = "none" }
  }
  viewer_certificate {
    acm_certificate_arn = data.aws_acm_certificate.rules.arn
    ssl_support_method  = "sni-only"
  }
}
data "aws_efs_file_system" "alone" { creation_token = "rules-alone" }
data "aws_efs_file_system" "there" {
  provider       = aws.recovery
  for_each       = toset(["rules-protected", "rules-plain"])
  creation_token = each.key
}
# efs.replication-into-a-protected-file-system
resource "aws_efs_replication_configuration" "protected" {
  source_file_system_id = data.aws_efs_file_system.alone.id
  destination {
    file_system_id = data.aws_efs_file_system.there["rules-protected"].id
    region         = "eu-central-1"
  }
}
# efs.replication-of-encrypted-files-into-a-plain-file-system
resource "aws_efs_replication_configuration" "plain" {
  source_file_system_id = data.aws_efs_file_system.alone.id
  destination {
    file_system_id = data.aws_efs_file_system.there["rules-plain"].id
    region         = "eu-central-1"
  }
}
# rds.backup-window-of-half-an-hour
resource "aws_db_instance" "short_window" {
  identifier          = "short-window"
  engine              = "postgres"
  instance_class      = "db.r6g.large"
  allocated_storage   = 100
  username            = "dbadmin"
  password            = "not-a-secret"
  backup_window       = "05:00-05:20"
  skip_final_snapshot = true
}
# rds.port-out-of-range
resource "aws_db_instance" "port" {
  identifier          = "port"
  engine              = "postgres"
  instance_class      = "db.r6g.large"
  allocated_storage   = 100
  username            = "dbadmin"
  password            = "not-a-secret"
  port                = 80
  skip_final_snapshot = true
}
# rds.database-name
resource "aws_db_instance" "database_name" {
  identifier          = "database-name"
  engine              = "postgres"
  instance_class      = "db.r6g.large"
  allocated_storage   = 100
  username            = "dbadmin"
  password            = "not-a-secret"
  db_name             = "my-db"
  skip_final_snapshot = true
}
# rds.performance-of-a-small-volume
resource "aws_db_instance" "small_volume" {
  identifier          = "small-volume"
  engine              = "postgres"
  instance_class      = "db.r6g.large"
  allocated_storage   = 100
  username            = "dbadmin"
  password            = "not-a-secret"
  storage_type        = "gp3"
  iops                = 12000
  skip_final_snapshot = true
}
# rds.insights-of-a-small-class
resource "aws_db_instance" "insights_small" {
  identifier                   = "insights-small"
  engine                       = "mysql"
  engine_version               = "8.0.40"
  instance_class               = "db.t3.small"
  allocated_storage            = 100
  username                     = "dbadmin"
  password                     = "not-a-secret"
  performance_insights_enabled = true
  skip_final_snapshot          = true
}
# rds.logs-of-another-engine
resource "aws_db_instance" "logs" {
  identifier                      = "logs"
  engine                          = "postgres"
  instance_class                  = "db.r6g.large"
  allocated_storage               = 100
  username                        = "dbadmin"
  password                        = "not-a-secret"
  enabled_cloudwatch_logs_exports = ["audit"]
  skip_final_snapshot             = true
}
# rds.license-of-another-engine
resource "aws_db_instance" "license" {
  identifier          = "license"
  engine              = "postgres"
  instance_class      = "db.r6g.large"
  allocated_storage   = 100
  username            = "dbadmin"
  password            = "not-a-secret"
  license_model       = "general-public-license"
  skip_final_snapshot = true
}
# rds.security-group-that-does-not-exist
resource "aws_db_instance" "group" {
  identifier             = "group"
  engine                 = "postgres"
  instance_class         = "db.r6g.large"
  allocated_storage      = 100
  username               = "dbadmin"
  password               = "not-a-secret"
  vpc_security_group_ids = ["sg-00000000000000000"]
  skip_final_snapshot    = true
}
# rds.events-to-a-topic-that-does-not-exist
resource "aws_db_event_subscription" "nobody" {
  name      = "nobody"
  sns_topic = "arn:aws:sns:eu-west-1:123456789012:nothing"
}
# rds.event-category-that-does-not-exist
resource "aws_db_event_subscription" "category" {
  name             = "category"
  sns_topic        = "arn:aws:sns:eu-west-1:123456789012:rules"
  source_type      = "db-cluster"
  event_categories = ["restoration"]
}
# dynamodb.twenty-global-indexes
resource "aws_dynamodb_table" "indexes" {
  name         = "indexes"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "k0"
  dynamic "attribute" {
    for_each = range(21)
    content {
      name = "k${attribute.value}"
      type = "S"
    }
  }
  dynamic "global_secondary_index" {
    for_each = range(21)
    content {
      name            = "by-k${global_secondary_index.value}"
      hash_key        = "k${global_secondary_index.value}"
      projection_type = "ALL"
    }
  }
}
# s3.lifecycle-days-out-of-order
resource "aws_s3_bucket_lifecycle_configuration" "order" {
  bucket = "rules-a"
  rule {
    id     = "all"
    status = "Enabled"
    filter { prefix = "" }
    transition {
      days          = 30
      storage_class = "STANDARD_IA"
    }
    transition {
      days          = 59
      storage_class = "GLACIER"
    }
  }
}
# s3.lifecycle-rule-twice
resource "aws_s3_bucket_lifecycle_configuration" "twice" {
  bucket   = "rules-b"
  provider = aws.recovery
  dynamic "rule" {
    for_each = ["a", "b"]
    content {
      id     = "one"
      status = "Enabled"
      filter { prefix = rule.value }
      expiration { days = 1 }
    }
  }
}
# s3.key-of-an-encryption-without-one
resource "aws_s3_bucket_server_side_encryption_configuration" "key" {
  bucket = "rules-a"
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "AES256"
      kms_master_key_id = "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000000"
    }
  }
}
# s3.access-log-in-another-region
resource "aws_s3_bucket_logging" "region" {
  bucket        = "rules-a"
  target_bucket = "rules-b"
  target_prefix = "logs/"
}
# ecs.fargate-network-mode
resource "aws_ecs_task_definition" "mode" {
  family                   = "mode"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "bridge"
  cpu                      = 1024
  memory                   = 2048
  container_definitions    = jsonencode([{ name = "web", image = "web" }])
}
# ecs.fargate-without-execution-role
resource "aws_ecs_task_definition" "role" {
  family                   = "role"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 1024
  memory                   = 2048
  container_definitions = jsonencode([{
    name    = "web", image = "web"
    secrets = [{ name = "TOKEN", valueFrom = "arn:aws:ssm:eu-west-1:123456789012:parameter/token" }]
  }])
}
# ecs.service-without-network-configuration
resource "aws_ecs_service" "network" {
  name            = "network"
  cluster         = "rules"
  task_definition = "web"
  desired_count   = 1
  launch_type     = "FARGATE"
}
data "aws_lb_target_group" "t" {
  for_each = toset(["rules-ip", "rules-instance", "rules-alone"])
  name     = each.value
}
data "aws_subnets" "s" {
  filter {
    name   = "cidr-block"
    values = ["10.0.0.0/24", "10.0.1.0/24"]
  }
}
data "aws_security_group" "s" { name = "rules" }
# ecs.task-definition-of-64-kb
resource "aws_ecs_task_definition" "long" {
  family                   = "long"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = "1024"
  memory                   = "2048"
  container_definitions = jsonencode([{
    name        = "web"
    image       = "web"
    environment = [{ name = "LONG", value = format("%070000d", 0) }]
  }])
}
# ecs.too-many-subnets-or-groups
resource "aws_ecs_service" "groups" {
  name            = "groups"
  cluster         = "rules"
  task_definition = "web"
  desired_count   = 1
  launch_type     = "FARGATE"
  network_configuration {
    subnets         = data.aws_subnets.s.ids
    security_groups = [for number in range(6) : "sg-0000000000000000${number}"]
  }
}
# ecs.container-that-does-not-exist
resource "aws_ecs_service" "container" {
  name            = "container"
  cluster         = "rules"
  task_definition = "web"
  desired_count   = 1
  launch_type     = "FARGATE"
  network_configuration {
    subnets         = data.aws_subnets.s.ids
    security_groups = [data.aws_security_group.s.id]
  }
  load_balancer {
    target_group_arn = data.aws_lb_target_group.t["rules-ip"].arn
    container_name   = "app"
    container_port   = 80
  }
}
# ecs.target-group-of-instances
resource "aws_ecs_service" "instances" {
  name            = "instances"
  cluster         = "rules"
  task_definition = "web"
  desired_count   = 1
  launch_type     = "FARGATE"
  network_configuration {
    subnets         = data.aws_subnets.s.ids
    security_groups = [data.aws_security_group.s.id]
  }
  load_balancer {
    target_group_arn = data.aws_lb_target_group.t["rules-instance"].arn
    container_name   = "web"
    container_port   = 80
  }
}
# elbv2.application-load-balancer-in-one-zone
resource "aws_lb" "one" {
  name     = "one"
  internal = true
  subnets  = [data.aws_subnets.s.ids[0]]
}
# elbv2.two-subnets-in-a-zone
resource "aws_lb" "twice" {
  name     = "twice"
  internal = true
  subnets  = data.aws_subnets.twice.ids
}
data "aws_subnets" "twice" {
  filter {
    name   = "availability-zone"
    values = ["eu-west-1a"]
  }
  filter {
    name   = "cidr-block"
    values = ["10.0.0.0/24", "10.0.2.0/24"]
  }
}
data "aws_lb" "rules" { name = "rules" }
# elbv2.certificate-of-a-listener
resource "aws_lb_listener" "certificate" {
  load_balancer_arn = data.aws_lb.rules.arn
  port              = 443
  protocol          = "HTTPS"
  default_action {
    type             = "forward"
    target_group_arn = data.aws_lb_target_group.t["rules-alone"].arn
  }
}
# elbv2.certificate-that-is-not-there
resource "aws_lb_listener" "elsewhere" {
  load_balancer_arn = data.aws_lb.rules.arn
  port              = 444
  protocol          = "HTTPS"
  certificate_arn   = "arn:aws:acm:us-east-1:123456789012:certificate/one"
  default_action {
    type             = "forward"
    target_group_arn = data.aws_lb_target_group.t["rules-alone"].arn
  }
}
# elbv2.certificate-that-is-not-issued
resource "aws_acm_certificate" "waits" {
  domain_name       = "waits.rules.test"
  validation_method = "DNS"
}
resource "aws_lb_listener" "waits" {
  load_balancer_arn = data.aws_lb.rules.arn
  port              = 445
  protocol          = "HTTPS"
  certificate_arn   = aws_acm_certificate.waits.arn
  default_action {
    type             = "forward"
    target_group_arn = data.aws_lb_target_group.t["rules-alone"].arn
  }
}
# efs.throughput-that-does-not-go-with-its-mode
resource "aws_efs_file_system" "throughput" { throughput_mode = "provisioned" }
# efs.max-io-with-elastic-throughput
resource "aws_efs_file_system" "mode" {
  performance_mode = "maxIO"
  throughput_mode  = "elastic"
}
# efs.replication-to-a-region-that-does-not-exist
resource "aws_efs_replication_configuration" "nowhere" {
  source_file_system_id = data.aws_efs_file_system.alone.id
  destination { region = "eu-west-9" }
}
# s3.replication-of-the-former-form-into-two-buckets
resource "aws_s3_bucket_replication_configuration" "former" {
  bucket = "rules-a"
  role   = "arn:aws:iam::123456789012:role/rules"
  dynamic "rule" {
    for_each = toset(["rules-b", "rules-c"])
    content {
      id     = rule.key
      status = "Enabled"
      prefix = rule.key
      destination { bucket = "arn:aws:s3:::${rule.key}" }
    }
  }
}
# cloudwatch.alarm-over-too-long-a-time
resource "aws_cloudwatch_metric_alarm" "long" {
  alarm_name          = "long"
  namespace           = "Rules"
  metric_name         = "Any"
  statistic           = "Sum"
  period              = 1800
  evaluation_periods  = 49
  threshold           = 1
  comparison_operator = "GreaterThanThreshold"
}
# cloudwatch.datapoints-beyond-the-periods
resource "aws_cloudwatch_metric_alarm" "datapoints" {
  alarm_name          = "datapoints"
  namespace           = "Rules"
  metric_name         = "Any"
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  datapoints_to_alarm = 2
  threshold           = 1
  comparison_operator = "GreaterThanThreshold"
}
# cloudwatch.alarm-action-of-another-region
resource "aws_cloudwatch_metric_alarm" "far" {
  alarm_name          = "far"
  namespace           = "Rules"
  metric_name         = "Any"
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  threshold           = 1
  comparison_operator = "GreaterThanThreshold"
  alarm_actions       = ["arn:aws:sns:eu-central-1:123456789012:far"]
}
# events.schedule-that-is-none
resource "aws_cloudwatch_event_rule" "plural" {
  name                = "plural"
  schedule_expression = "rate(1 minutes)"
}
# events.schedule-on-a-bus-of-its-own
resource "aws_cloudwatch_event_rule" "own_bus" {
  name                = "own-bus"
  event_bus_name      = "rules"
  schedule_expression = "rate(5 minutes)"
}
# iam.inline-policies-of-10240-characters
resource "aws_iam_role_policy" "large" {
  role = "rules"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = [for number in range(500) : "arn:aws:s3:::bucket/${number}"] }]
  })
}
# iam.policy-that-cannot-be-attached
resource "aws_iam_role_policy_attachment" "nothing" {
  role       = "rules"
  policy_arn = "arn:aws:iam::aws:policy/AWSBackupServiceRolePolicyForBackup"
}
# ssm.standard-parameter-of-4096-characters
resource "aws_ssm_parameter" "large" {
  name  = "large"
  type  = "String"
  tier  = "Standard"
  value = format("%04097d", 0)
}
# ssm.parameter-that-names-another
resource "aws_ssm_parameter" "nested" {
  name  = "nested"
  type  = "String"
  value = "{{ssm:other}}"
}
# ecr.replication-to-itself
resource "aws_ecr_replication_configuration" "itself" {
  replication_configuration {
    rule {
      destination {
        region      = "eu-west-1"
        registry_id = "123456789012"
      }
    }
  }
}
# ecr.value-outside-the-model
resource "aws_ecr_repository" "upper" { name = "Shop/web" }
# route53.check-that-asks-nobody
resource "aws_route53_health_check" "private" {
  type             = "HTTP"
  ip_address       = "10.0.0.1"
  port             = 80
  request_interval = 30
}
# iam.trust-that-is-none
resource "aws_iam_role" "untrusted" {
  name = "untrusted"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Principal = { Service = "s3.amazonaws.com" } }]
  })
}
# iam.policy-that-is-none
resource "aws_iam_role_policy" "unprefixed" {
  role = "rules"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "GetObject", Resource = "*" }]
  })
}
# iam.managed-policy-of-6144-characters
resource "aws_iam_policy" "large" {
  name = "large"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = [for number in range(300) : "arn:aws:s3:::bucket/${number}"] }]
  })
}
# iam.boundary-that-does-not-exist
resource "aws_iam_role" "unbounded" {
  name                 = "unbounded"
  permissions_boundary = "arn:aws:iam::123456789012:policy/nothing"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "s3.amazonaws.com" } }]
  })
}
# secretsmanager.key-that-cannot-be-used
resource "aws_secretsmanager_secret" "keyed" {
  name       = "keyed"
  kms_key_id = "alias/nothing"
}
# secretsmanager.replica-region
resource "aws_secretsmanager_secret" "at_home" {
  name = "at-home"
  replica { region = "eu-west-1" }
}
# ssm.key-that-does-not-exist
resource "aws_ssm_parameter" "keyed" {
  name   = "keyed"
  type   = "SecureString"
  value  = "x"
  key_id = "alias/nothing"
}
# backup.vault-of-a-plan-that-does-not-exist
resource "aws_backup_plan" "nowhere" {
  name = "nowhere"
  rule {
    rule_name         = "daily"
    target_vault_name = "nothing"
    schedule          = "cron(0 5 * * ? *)"
  }
}
# route53.checks-that-do-not-exist
resource "aws_route53_health_check" "of_nothing" {
  type                   = "CALCULATED"
  child_health_threshold = 1
  child_healthchecks     = ["00000000-0000-0000-0000-000000000000"]
}
# route53.alarm-that-cannot-be-watched
resource "aws_cloudwatch_metric_alarm" "percentile" {
  alarm_name          = "percentile"
  namespace           = "Rules"
  metric_name         = "Any"
  extended_statistic  = "p99"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  period              = 60
  threshold           = 1
}
resource "aws_route53_health_check" "of_a_percentile" {
  type                            = "CLOUDWATCH_METRIC"
  cloudwatch_alarm_name           = aws_cloudwatch_metric_alarm.percentile.alarm_name
  cloudwatch_alarm_region         = "eu-west-1"
  insufficient_data_health_status = "Unhealthy"
}
# cloudfront.access-control-that-does-not-exist
resource "aws_cloudfront_distribution" "uncontrolled" {
  enabled = true
  origin {
    origin_id                = "one"
    domain_name              = "one.s3.eu-west-1.amazonaws.com"
    origin_access_control_id = "E000000000000"
  }
  default_cache_behavior {
    target_origin_id       = "one"
    viewer_protocol_policy = "https-only"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    cache_policy_id        = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  }
  restrictions {
    geo_restriction { restriction_type = "none" }
  }
  viewer_certificate { cloudfront_default_certificate = true }
}
# cloudfront.identity-that-does-not-exist
resource "aws_cloudfront_distribution" "unidentified" {
  enabled = true
  origin {
    origin_id   = "one"
    domain_name = "one.s3.eu-west-1.amazonaws.com"
    s3_origin_config { origin_access_identity = "origin-access-identity/cloudfront/E000000000000" }
  }
  default_cache_behavior {
    target_origin_id       = "one"
    viewer_protocol_policy = "https-only"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    cache_policy_id        = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  }
  restrictions {
    geo_restriction { restriction_type = "none" }
  }
  viewer_certificate { cloudfront_default_certificate = true }
}
# rds.parameter-value
resource "aws_db_parameter_group" "out_of_range" {
  name   = "out-of-range"
  family = "postgres16"
  parameter {
    name         = "work_mem"
    value        = "64MB"
    apply_method = "pending-reboot"
  }
}
# rds.performance-of-the-storage
resource "aws_db_instance" "without_iops" {
  identifier          = "without-iops"
  engine              = "postgres"
  engine_version      = "16.4"
  instance_class      = "db.r6g.large"
  allocated_storage   = 100
  storage_type        = "io1"
  username            = "dbadmin"
  password            = "not-a-secret"
  skip_final_snapshot = true
}
# dsql.regions-of-one-set
resource "aws_dsql_cluster" "far" {
  multi_region_properties { witness_region = "ap-northeast-1" }
}
# efs.key-that-cannot-be-used
resource "aws_efs_file_system" "keyed" {
  creation_token = "keyed"
  encrypted      = true
  kms_key_id     = "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000000"
}
data "aws_acm_certificate" "rules" {
  provider = aws.global
  domain   = "*.rules.test"
}
# cloudfront.origin-request-policy-that-does-not-exist
resource "aws_cloudfront_distribution" "request" {
  enabled = true
  origin {
    origin_id   = "one"
    domain_name = "rules-a.s3.eu-west-1.amazonaws.com"
  }
  default_cache_behavior {
    target_origin_id         = "one"
    allowed_methods          = ["GET", "HEAD"]
    cached_methods           = ["GET", "HEAD"]
    viewer_protocol_policy   = "https-only"
    cache_policy_id          = "658327ea-f89d-4fab-a63d-7e88639e58f6"
    origin_request_policy_id = "00000000-0000-0000-0000-000000000000"
  }
  restrictions {
    geo_restriction { restriction_type = "none" }
  }
  viewer_certificate {
    cloudfront_default_certificate = true
  }
}
# cloudfront.response-headers-policy-that-does-not-exist
resource "aws_cloudfront_distribution" "headers" {
  enabled = true
  origin {
    origin_id   = "one"
    domain_name = "rules-a.s3.eu-west-1.amazonaws.com"
  }
  default_cache_behavior {
    target_origin_id           = "one"
    allowed_methods            = ["GET", "HEAD"]
    cached_methods             = ["GET", "HEAD"]
    viewer_protocol_policy     = "https-only"
    cache_policy_id            = "658327ea-f89d-4fab-a63d-7e88639e58f6"
    response_headers_policy_id = "00000000-0000-0000-0000-000000000000"
  }
  restrictions {
    geo_restriction { restriction_type = "none" }
  }
  viewer_certificate {
    cloudfront_default_certificate = true
  }
}
# cloudfront.alias-that-its-certificate-does-not-cover
resource "aws_cloudfront_distribution" "uncovered" {
  enabled = true
  aliases = ["one.two.rules.test"]
  origin {
    origin_id   = "one"
    domain_name = "rules-a.s3.eu-west-1.amazonaws.com"
  }
  default_cache_behavior {
    target_origin_id       = "one"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    viewer_protocol_policy = "https-only"
    cache_policy_id        = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  }
  restrictions {
    geo_restriction { restriction_type = "none" }
  }
  viewer_certificate {
    acm_certificate_arn = data.aws_acm_certificate.rules.arn
    ssl_support_method  = "sni-only"
  }
}
# cloudfront.cache-policy-beside-forwarded-values
resource "aws_cloudfront_distribution" "both" {
  enabled = true
  origin {
    origin_id   = "one"
    domain_name = "rules-a.s3.eu-west-1.amazonaws.com"
  }
  default_cache_behavior {
    target_origin_id       = "one"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    viewer_protocol_policy = "https-only"
    cache_policy_id        = "658327ea-f89d-4fab-a63d-7e88639e58f6"
    forwarded_values {
      query_string = false
      cookies { forward = "none" }
    }
  }
  restrictions {
    geo_restriction { restriction_type = "none" }
  }
  viewer_certificate {
    cloudfront_default_certificate = true
  }
}
# cloudfront.times-out-of-order
resource "aws_cloudfront_distribution" "times" {
  enabled = true
  origin {
    origin_id   = "one"
    domain_name = "rules-a.s3.eu-west-1.amazonaws.com"
  }
  default_cache_behavior {
    target_origin_id       = "one"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    viewer_protocol_policy = "https-only"

    min_ttl     = 60
    default_ttl = 30
    max_ttl     = 90
    forwarded_values {
      query_string = false
      cookies { forward = "none" }
    }
  }
  restrictions {
    geo_restriction { restriction_type = "none" }
  }
  viewer_certificate {
    cloudfront_default_certificate = true
  }
}
# cloudfront.function-of-the-edge
resource "aws_cloudfront_distribution" "edge" {
  enabled = true
  origin {
    origin_id   = "one"
    domain_name = "rules-a.s3.eu-west-1.amazonaws.com"
  }
  default_cache_behavior {
    target_origin_id       = "one"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    viewer_protocol_policy = "https-only"
    cache_policy_id        = "658327ea-f89d-4fab-a63d-7e88639e58f6"
    lambda_function_association {
      event_type = "origin-request"
      lambda_arn = "arn:aws:lambda:eu-west-1:123456789012:function:it:1"
    }
  }
  restrictions {
    geo_restriction { restriction_type = "none" }
  }
  viewer_certificate {
    cloudfront_default_certificate = true
  }
}
# s3.replication-of-locked-objects-into-a-bucket-without-lock
resource "aws_s3_bucket_replication_configuration" "locked" {
  bucket = "rules-locked-source"
  role   = "arn:aws:iam::123456789012:role/rules-s3"
  rule {
    id     = "all"
    status = "Enabled"
    filter {}
    delete_marker_replication { status = "Enabled" }
    destination { bucket = "arn:aws:s3:::rules-b" }
  }
}
# efs.token-of-another-file-system
resource "aws_efs_file_system" "again" { creation_token = "rules-alone" }
# rds.parameter-that-is-fixed
resource "aws_db_parameter_group" "fixed" {
  name   = "rules-fixed"
  family = "postgres16"
  parameter {
    name         = "fsync"
    value        = "0"
    apply_method = "pending-reboot"
  }
}
# dynamodb.limit-of-a-table-on-demand
resource "aws_dynamodb_table" "limited" {
  name         = "limited"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "pk"
  attribute {
    name = "pk"
    type = "S"
  }
  on_demand_throughput { max_read_request_units = -5 }
}
# s3.replication-rule-twice
resource "aws_s3_bucket_replication_configuration" "twice" {
  bucket = "rules-a"
  role   = "arn:aws:iam::123456789012:role/rules"
  dynamic "rule" {
    for_each = ["a/", "b/"]
    content {
      id       = "all"
      priority = rule.key
      status   = "Enabled"
      filter { prefix = rule.value }
      delete_marker_replication { status = "Enabled" }
      destination { bucket = "arn:aws:s3:::rules-b" }
    }
  }
}
# s3.replication-role-that-is-none
resource "aws_s3_bucket_replication_configuration" "by_a_user" {
  bucket = "rules-a"
  role   = "arn:aws:iam::123456789012:user/someone"
  rule {
    id     = "all"
    status = "Enabled"
    destination { bucket = "arn:aws:s3:::rules-b" }
  }
}
# ecs.percent-of-a-deployment
resource "aws_ecs_service" "stuck" {
  name                               = "stuck"
  cluster                            = "rules"
  task_definition                    = "web"
  launch_type                        = "FARGATE"
  desired_count                      = 1
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 100
  network_configuration { subnets = ["subnet-12345678"] }
}
# backup.advanced-settings
resource "aws_backup_plan" "advanced" {
  name = "advanced"
  rule {
    rule_name         = "daily"
    target_vault_name = "rules"
    schedule          = "cron(0 5 * * ? *)"
  }
  advanced_backup_setting {
    resource_type  = "EC2"
    backup_options = { WindowsVSS = "yes" }
  }
}
# events.name-of-a-bus
resource "aws_cloudwatch_event_bus" "reserved" { name = "aws.orders" }
# events.role-of-a-target
resource "aws_cloudwatch_event_rule" "roleless" {
  name                = "roleless"
  schedule_expression = "rate(1 hour)"
}
resource "aws_cloudwatch_event_target" "roleless" {
  rule = aws_cloudwatch_event_rule.roleless.name
  arn  = "arn:aws:events:eu-central-1:123456789012:event-bus/default"
}
# cloudfront.times-of-a-cache-policy
resource "aws_cloudfront_cache_policy" "times" {
  name        = "times"
  min_ttl     = 60
  default_ttl = 30
  parameters_in_cache_key_and_forwarded_to_origin {
    headers_config { header_behavior = "none" }
    cookies_config { cookie_behavior = "none" }
    query_strings_config { query_string_behavior = "none" }
  }
}
# cloudfront.keys-of-a-policy-without-caching
resource "aws_cloudfront_cache_policy" "uncached" {
  name        = "uncached"
  min_ttl     = 0
  default_ttl = 0
  max_ttl     = 0
  parameters_in_cache_key_and_forwarded_to_origin {
    headers_config {
      header_behavior = "whitelist"
      headers { items = ["Authorization"] }
    }
    cookies_config { cookie_behavior = "none" }
    query_strings_config { query_string_behavior = "none" }
  }
}
# cloudfront.chosen-by-a-policy
resource "aws_cloudfront_origin_request_policy" "unchosen" {
  name = "unchosen"
  headers_config { header_behavior = "whitelist" }
  cookies_config { cookie_behavior = "none" }
  query_strings_config { query_string_behavior = "none" }
}
# cloudfront.accept-encoding-in-a-policy
resource "aws_cloudfront_origin_request_policy" "encoded" {
  name = "encoded"
  headers_config {
    header_behavior = "whitelist"
    headers { items = ["Accept-Encoding"] }
  }
  cookies_config { cookie_behavior = "none" }
  query_strings_config { query_string_behavior = "none" }
}
# cloudfront.headers-of-a-response
resource "aws_cloudfront_response_headers_policy" "reserved" {
  name = "reserved"
  custom_headers_config {
    items {
      header   = "Host"
      value    = "x"
      override = true
    }
  }
}
# cloudfront.security-headers-of-a-response
resource "aws_cloudfront_response_headers_policy" "unprotected" {
  name = "unprotected"
  security_headers_config {
    xss_protection {
      override   = true
      protection = false
      report_uri = "https://rules.test/"
    }
  }
}
# rds.write-forwarding-of-another-engine
resource "aws_rds_cluster" "forwarding" {
  cluster_identifier             = "forwarding"
  engine                         = "aurora-postgresql"
  engine_version                 = "16.1"
  master_username                = "dbadmin"
  master_password                = "not-a-secret"
  enable_local_write_forwarding  = true
  skip_final_snapshot            = true
}
# rds.write-forwarding-without-a-global-database
resource "aws_rds_cluster" "forwarding_alone" {
  cluster_identifier             = "forwarding-alone"
  engine                         = "aurora-postgresql"
  engine_version                 = "16.4"
  master_username                = "dbadmin"
  master_password                = "not-a-secret"
  enable_global_write_forwarding = true
  skip_final_snapshot            = true
}
# s3.lifecycle-sizes
resource "aws_s3_bucket_lifecycle_configuration" "sizes" {
  bucket = "rules-a"
  rule {
    id     = "sizes"
    status = "Enabled"
    filter {
      and {
        object_size_greater_than = 500
        object_size_less_than    = 500
      }
    }
    expiration { days = 30 }
  }
}
# s3.replication-owner-without-account
resource "aws_s3_bucket_replication_configuration" "unowned" {
  bucket = "rules-a"
  role   = "arn:aws:iam::123456789012:role/rules"
  rule {
    id     = "all"
    status = "Enabled"
    filter {}
    delete_marker_replication { status = "Enabled" }
    destination {
      bucket = "arn:aws:s3:::rules-b"
      access_control_translation { owner = "Destination" }
    }
  }
}
# s3.notification-of-no-event
resource "aws_s3_bucket_notification" "event" {
  bucket = "rules-a"
  topic {
    topic_arn = "arn:aws:sns:eu-west-1:123456789012:rules-open"
    events    = ["s3:ObjectMade:*"]
  }
}
# s3.notification-that-the-topic-does-not-take
resource "aws_s3_bucket_notification" "closed" {
  bucket = "rules-a"
  topic {
    topic_arn = "arn:aws:sns:eu-west-1:123456789012:rules"
    events    = ["s3:ObjectCreated:*"]
  }
}
# cloudfront.website-as-a-bucket
resource "aws_cloudfront_distribution" "website" {
  enabled = true
  origin {
    origin_id   = "one"
    domain_name = "rules-a.s3-website-eu-west-1.amazonaws.com"
  }
  default_cache_behavior {
    target_origin_id       = "one"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    viewer_protocol_policy = "https-only"
    cache_policy_id        = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  }
  restrictions {
    geo_restriction { restriction_type = "none" }
  }
  viewer_certificate {
    cloudfront_default_certificate = true
  }
}
# cloudfront.header-of-an-origin
resource "aws_cloudfront_distribution" "header" {
  enabled = true
  origin {
    origin_id   = "one"
    domain_name = "rules-a.s3.eu-west-1.amazonaws.com"
    custom_header {
      name  = "Host"
      value = "shop.test"
    }
  }
  default_cache_behavior {
    target_origin_id       = "one"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    viewer_protocol_policy = "https-only"
    cache_policy_id        = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  }
  restrictions {
    geo_restriction { restriction_type = "none" }
  }
  viewer_certificate {
    cloudfront_default_certificate = true
  }
}
# elbv2.port-in-use
resource "aws_lb_listener" "port" {
  load_balancer_arn = data.aws_lb.rules.arn
  port              = 80
  protocol          = "HTTP"
  default_action {
    type             = "forward"
    target_group_arn = data.aws_lb_target_group.t["rules-alone"].arn
  }
}
# elbv2.health-check-of-a-target-group
resource "aws_lb_target_group" "codes" {
  name        = "codes"
  port        = 80
  protocol    = "HTTP"
  target_type = "ip"
  vpc_id      = data.aws_lb.rules.vpc_id
  health_check { matcher = "200-500" }
}
# route53.primary-record-without-health-check
resource "aws_route53_record" "unwatched" {
  zone_id        = data.aws_route53_zone.z.zone_id
  name           = "unwatched.rules.test"
  type           = "A"
  ttl            = 60
  records        = ["192.0.2.1"]
  set_identifier = "primary"
  failover_routing_policy { type = "PRIMARY" }
}
# cloudwatch.id-of-a-metric
resource "aws_cloudwatch_metric_alarm" "upper_case" {
  alarm_name          = "upper-case"
  evaluation_periods  = 1
  threshold           = 1
  comparison_operator = "GreaterThanThreshold"
  metric_query {
    id          = "Errors"
    return_data = true
    metric {
      namespace   = "Rules"
      metric_name = "Any"
      stat        = "Sum"
      period      = 60
    }
  }
}
# rds.character-set-of-another-engine
resource "aws_db_instance" "characters" {
  identifier          = "characters"
  engine              = "postgres"
  instance_class      = "db.r6g.large"
  allocated_storage   = 100
  username            = "dbadmin"
  password            = "not-a-secret"
  character_set_name  = "AL32UTF8"
  skip_final_snapshot = true
}
# rds.time-zone-of-another-engine
resource "aws_db_instance" "time_zone" {
  identifier          = "time-zone"
  engine              = "postgres"
  instance_class      = "db.r6g.large"
  allocated_storage   = 100
  username            = "dbadmin"
  password            = "not-a-secret"
  timezone            = "UTC"
  skip_final_snapshot = true
}
# rds.insights-kept-without-insights
resource "aws_db_instance" "uninsightful" {
  identifier                            = "uninsightful"
  engine                                = "postgres"
  instance_class                        = "db.r6g.large"
  allocated_storage                     = 100
  username                              = "dbadmin"
  password                              = "not-a-secret"
  performance_insights_retention_period = 7
  skip_final_snapshot                   = true
}
# ecs.log-without-a-group
resource "aws_ecs_task_definition" "groupless" {
  family                   = "groupless"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512
  execution_role_arn       = "arn:aws:iam::123456789012:role/rules"
  container_definitions = jsonencode([{
    name             = "web", image = "web"
    logConfiguration = { logDriver = "awslogs", options = { awslogs-region = "eu-west-1" } }
  }])
}
# ecs.health-check-of-a-container
resource "aws_ecs_task_definition" "hasty" {
  family                   = "hasty"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512
  container_definitions = jsonencode([{
    name        = "web", image = "web"
    healthCheck = { command = ["CMD", "true"], interval = 4 }
  }])
}
# ecs.place-of-a-task-on-fargate
resource "aws_ecs_task_definition" "placed" {
  family                   = "placed"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512
  container_definitions    = jsonencode([{ name = "web", image = "web" }])
  placement_constraints {
    type       = "memberOf"
    expression = "attribute:ecs.availability-zone == eu-west-1a"
  }
}
# ecs.place-of-a-service-on-fargate
resource "aws_ecs_service" "daemon" {
  name                = "daemon"
  cluster             = "rules"
  task_definition     = "web"
  launch_type         = "FARGATE"
  scheduling_strategy = "DAEMON"
  network_configuration { subnets = data.aws_subnets.s.ids }
}
# ec2.subnet-in-a-zone-of-another-region
resource "aws_subnet" "elsewhere" {
  vpc_id            = data.aws_lb.rules.vpc_id
  cidr_block        = "10.0.9.0/24"
  availability_zone = "eu-central-1a"
}
