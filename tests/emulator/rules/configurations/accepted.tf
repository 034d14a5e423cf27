# The good twins of refused.tf: what both build on, and each of its resources as AWS takes it.
resource "aws_kms_key" "a" {}
resource "aws_kms_key" "b" { provider = aws.recovery }
resource "aws_kms_alias" "b" {
  provider      = aws.recovery
  name          = "alias/rules-b"
  target_key_id = aws_kms_key.b.key_id
}
resource "aws_db_instance" "open" {
  identifier              = "open"
  engine                  = "postgres"
  engine_version          = "16.4"
  instance_class          = "db.r6g.large"
  allocated_storage       = 100
  username                = "dbadmin"
  password                = "not-a-secret"
  backup_retention_period = 35
  skip_final_snapshot     = true
}
resource "aws_vpc" "v" { cidr_block = "10.0.0.0/16" }
resource "aws_subnet" "s" {
  for_each          = { a = "10.0.0.0/24", b = "10.0.1.0/24" }
  vpc_id            = aws_vpc.v.id
  cidr_block        = each.value
  availability_zone = "eu-west-1${each.key}"
}
resource "aws_db_subnet_group" "two_zones" {
  name       = "two-zones"
  subnet_ids = [for subnet in aws_subnet.s : subnet.id]
}
resource "aws_db_instance" "source" {
  identifier              = "source"
  engine                  = "postgres"
  engine_version          = "16.4"
  instance_class          = "db.r6g.large"
  allocated_storage       = 100
  storage_encrypted       = true
  kms_key_id              = aws_kms_key.a.arn
  username                = "dbadmin"
  password                = "not-a-secret"
  backup_retention_period = 7
  skip_final_snapshot     = true
}
resource "aws_db_instance" "managed" {
  identifier                  = "managed"
  engine                      = "postgres"
  engine_version              = "16.4"
  instance_class              = "db.r6g.large"
  allocated_storage           = 100
  username                    = "dbadmin"
  manage_master_user_password = true
  backup_retention_period     = 7
  skip_final_snapshot         = true
}
resource "aws_db_instance" "unsaved" {
  identifier              = "unsaved"
  engine                  = "postgres"
  engine_version          = "16.4"
  instance_class          = "db.r6g.large"
  allocated_storage       = 100
  username                = "dbadmin"
  password                = "not-a-secret"
  backup_retention_period = 0
  skip_final_snapshot     = true
}
resource "aws_db_instance" "oracle" {
  identifier              = "oracle"
  engine                  = "oracle-ee"
  instance_class          = "db.m5.large"
  allocated_storage       = 100
  username                = "dbadmin"
  password                = "not-a-secret"
  license_model           = "bring-your-own-license"
  backup_retention_period = 7
  skip_final_snapshot     = true
}
resource "aws_db_instance" "oracle_standard" {
  identifier              = "oracle-standard"
  engine                  = "oracle-se2"
  instance_class          = "db.m5.large"
  allocated_storage       = 100
  username                = "dbadmin"
  password                = "not-a-secret"
  license_model           = "bring-your-own-license"
  backup_retention_period = 7
  skip_final_snapshot     = true
}
resource "aws_db_instance" "old_mariadb" {
  identifier              = "old-mariadb"
  engine                  = "mariadb"
  engine_version          = "10.3.39"
  instance_class          = "db.m5.large"
  allocated_storage       = 100
  username                = "dbadmin"
  password                = "not-a-secret"
  backup_retention_period = 7
  skip_final_snapshot     = true
}
resource "aws_ecs_task_definition" "web" {
  family                   = "web"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 1024
  memory                   = 2048
  container_definitions    = jsonencode([{ name = "web", image = "web", portMappings = [{ containerPort = 80 }] }])
}
resource "aws_db_instance_automated_backups_replication" "replication" {
  provider               = aws.recovery
  source_db_instance_arn = aws_db_instance.source.arn
  kms_key_id             = aws_kms_key.b.arn
}
resource "aws_db_parameter_group" "group" {
  name   = "group"
  family = "postgres16"
  parameter {
    name         = "shared_preload_libraries"
    value        = "pg_stat_statements"
    apply_method = "pending-reboot"
  }
  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }
}
resource "aws_rds_global_cluster" "g" {
  global_cluster_identifier = "joined"
  engine                    = "aurora-postgresql"
  engine_version            = "16.4"
  storage_encrypted         = true
}
resource "aws_rds_cluster" "primary" {
  cluster_identifier        = "primary"
  global_cluster_identifier = aws_rds_global_cluster.g.id
  engine                    = "aurora-postgresql"
  engine_version            = "16.4"
  storage_encrypted         = true
  kms_key_id                = aws_kms_key.a.arn
  master_username           = "dbadmin"
  master_password           = "not-a-secret"
  skip_final_snapshot       = true
  lifecycle { ignore_changes = [replication_source_identifier] }
}
resource "aws_rds_global_cluster" "mysql" {
  global_cluster_identifier = "mysql"
  engine                    = "aurora-mysql"
  engine_version            = "8.0.mysql_aurora.3.08.0"
}
resource "aws_rds_cluster" "mysql" {
  cluster_identifier        = "mysql"
  global_cluster_identifier = aws_rds_global_cluster.mysql.id
  engine                    = "aurora-mysql"
  engine_version            = "8.0.mysql_aurora.3.08.0"
  master_username           = "dbadmin"
  master_password           = "not-a-secret"
  skip_final_snapshot       = true
  lifecycle { ignore_changes = [replication_source_identifier] }
}
resource "aws_rds_cluster" "serverless" {
  cluster_identifier  = "serverless"
  engine              = "aurora-postgresql"
  engine_version      = "16.4"
  master_username     = "dbadmin"
  master_password     = "not-a-secret"
  skip_final_snapshot = true
  serverlessv2_scaling_configuration {
    min_capacity = 0.5
    max_capacity = 16
  }
}
resource "aws_rds_cluster_instance" "serverless" {
  identifier         = "serverless"
  cluster_identifier = aws_rds_cluster.serverless.id
  engine             = "aurora-postgresql"
  instance_class     = "db.serverless"
}
resource "aws_dynamodb_table" "encrypted" {
  name             = "encrypted"
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "pk"
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"
  attribute {
    name = "pk"
    type = "S"
  }
  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.a.arn
  }
  lifecycle { ignore_changes = [replica] }
}
resource "aws_dynamodb_table_replica" "encrypted" {
  provider         = aws.recovery
  global_table_arn = aws_dynamodb_table.encrypted.arn
  kms_key_arn      = aws_kms_key.b.arn
}
resource "aws_dynamodb_table" "provisioned" {
  name             = "provisioned"
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
  lifecycle { ignore_changes = [replica] }
}
resource "aws_appautoscaling_target" "writes" {
  service_namespace  = "dynamodb"
  resource_id        = "table/${aws_dynamodb_table.provisioned.name}"
  scalable_dimension = "dynamodb:table:WriteCapacityUnits"
  min_capacity       = 1
  max_capacity       = 10
}
resource "aws_appautoscaling_policy" "writes" {
  name               = "writes"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = "dynamodb"
  resource_id        = aws_appautoscaling_target.writes.resource_id
  scalable_dimension = aws_appautoscaling_target.writes.scalable_dimension
  target_tracking_scaling_policy_configuration {
    target_value = 70
    predefined_metric_specification { predefined_metric_type = "DynamoDBWriteCapacityUtilization" }
  }
}
resource "aws_dynamodb_table_replica" "provisioned" {
  provider         = aws.recovery
  global_table_arn = aws_dynamodb_table.provisioned.arn
  depends_on       = [aws_appautoscaling_policy.writes]
}
resource "aws_s3_bucket" "a" { bucket = "rules-a" }
resource "aws_s3_bucket" "b" {
  provider = aws.recovery
  bucket   = "rules-b"
}
resource "aws_s3_bucket_versioning" "a" {
  bucket = aws_s3_bucket.a.id
  versioning_configuration { status = "Enabled" }
}
resource "aws_s3_bucket_versioning" "b" {
  provider = aws.recovery
  bucket   = aws_s3_bucket.b.id
  versioning_configuration { status = "Enabled" }
}
resource "aws_iam_role" "r" {
  name               = "rules"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "s3.amazonaws.com" } }] })
}
resource "aws_s3_bucket_replication_configuration" "a" {
  bucket = aws_s3_bucket.a.id
  role   = aws_iam_role.r.arn
  rule {
    id       = "all"
    priority = 0
    status   = "Enabled"
    filter { prefix = "" }
    delete_marker_replication { status = "Enabled" }
    destination { bucket = aws_s3_bucket.b.arn }
  }
  depends_on = [aws_s3_bucket_versioning.a, aws_s3_bucket_versioning.b]
}
resource "aws_backup_vault" "v" { name = "rules" }
resource "aws_backup_plan" "p" {
  name = "rules"
  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.v.name
    schedule          = "cron(0 5 * * ? *)"
    start_window      = 60
    completion_window = 180
    lifecycle { delete_after = 35 }
  }
}
resource "aws_route53_zone" "z" { name = "rules.test" }
resource "aws_route53_record" "r" {
  zone_id = aws_route53_zone.z.zone_id
  name    = "app"
  type    = "CNAME"
  ttl     = 60
  records = ["b.rules.test"]
}
resource "aws_acm_certificate" "rules" {
  provider          = aws.global
  domain_name       = "*.rules.test"
  validation_method = "DNS"
  lifecycle { create_before_destroy = true }
}
resource "aws_route53_record" "proof" {
  zone_id = aws_route53_zone.z.zone_id
  name    = one(aws_acm_certificate.rules.domain_validation_options).resource_record_name
  records = [one(aws_acm_certificate.rules.domain_validation_options).resource_record_value]
  type    = "CNAME"
  ttl     = 60
}
resource "aws_acm_certificate_validation" "rules" {
  provider                = aws.global
  certificate_arn         = aws_acm_certificate.rules.arn
  validation_record_fqdns = [aws_route53_record.proof.fqdn]
}
resource "aws_cloudfront_distribution" "d" {
  enabled = true
  aliases = ["known.rules.test"]
  origin {
    origin_id   = "one"
    domain_name = aws_s3_bucket.a.bucket_regional_domain_name
  }
  origin {
    origin_id   = "two"
    domain_name = aws_s3_bucket.b.bucket_regional_domain_name
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
    acm_certificate_arn = aws_acm_certificate_validation.rules.certificate_arn
    ssl_support_method  = "sni-only"
  }
}
resource "aws_dsql_cluster" "d" {
  deletion_protection_enabled = false
  multi_region_properties { witness_region = "eu-west-3" }
}
resource "aws_kms_key" "of_logs" {
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "kms:*", Resource = "*", Principal = { AWS = "arn:aws:iam::123456789012:root" } },
    { Effect = "Allow", Action = ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"], Resource = "*", Principal = { Service = "logs.eu-west-1.amazonaws.com" } },
  ] })
}
resource "aws_cloudwatch_log_group" "encrypted" {
  name       = "encrypted"
  kms_key_id = aws_kms_key.of_logs.arn
}
resource "aws_efs_file_system" "files" {
  for_each       = toset(["rules-files", "rules-alone"])
  creation_token = each.key
  encrypted      = true
}
resource "aws_efs_file_system" "open" {
  provider       = aws.recovery
  creation_token = "rules-open"
  encrypted      = true
  protection { replication_overwrite = "DISABLED" }
  lifecycle { ignore_changes = [protection] }
}
resource "aws_efs_file_system" "protected" {
  provider       = aws.recovery
  creation_token = "rules-protected"
  encrypted      = true
}
resource "aws_efs_file_system" "plain" {
  provider       = aws.recovery
  creation_token = "rules-plain"
  protection { replication_overwrite = "DISABLED" }
}
resource "aws_efs_replication_configuration" "files" {
  source_file_system_id = aws_efs_file_system.files["rules-files"].id
  destination {
    file_system_id = aws_efs_file_system.open.id
    region         = "eu-central-1"
  }
}
resource "aws_sns_topic" "rules" { name = "rules" }
resource "aws_subnet" "again" {
  vpc_id            = aws_vpc.v.id
  cidr_block        = "10.0.2.0/24"
  availability_zone = "eu-west-1a"
}
resource "aws_security_group" "s" {
  name   = "rules"
  vpc_id = aws_vpc.v.id
}
resource "aws_ecs_cluster" "c" { name = "rules" }
resource "aws_lb" "l" {
  name     = "rules"
  internal = true
  subnets  = [for subnet in aws_subnet.s : subnet.id]
}
resource "aws_lb_target_group" "t" {
  for_each    = { rules-ip = "ip", rules-instance = "instance", rules-alone = "ip" }
  name        = each.key
  port        = 80
  protocol    = "HTTP"
  target_type = each.value
  vpc_id      = aws_vpc.v.id
}
resource "aws_lb_listener" "l" {
  for_each          = { rules-ip = 80, rules-instance = 81 }
  load_balancer_arn = aws_lb.l.arn
  port              = each.value
  protocol          = "HTTP"
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.t[each.key].arn
  }
}
resource "aws_cloudwatch_event_bus" "own" { name = "rules" }
resource "aws_db_parameter_group" "mysql" {
  name   = "rules-mysql"
  family = "mysql8.0"
  parameter {
    name  = "binlog_format"
    value = "ROW"
  }
  parameter {
    name  = "max_connections"
    value = "{DBInstanceClassMemory/12582880}"
  }
}
resource "aws_s3_bucket" "locked" {
  bucket              = "rules-locked-source"
  object_lock_enabled = true
}
resource "aws_cloudfront_cache_policy" "keyed" {
  name        = "keyed"
  min_ttl     = 30
  default_ttl = 60
  max_ttl     = 60
  parameters_in_cache_key_and_forwarded_to_origin {
    enable_accept_encoding_gzip = true
    headers_config {
      header_behavior = "whitelist"
      headers { items = ["Authorization"] }
    }
    cookies_config { cookie_behavior = "none" }
    query_strings_config { query_string_behavior = "all" }
  }
}
resource "aws_cloudfront_response_headers_policy" "secure" {
  name = "secure"
  custom_headers_config {
    items {
      header   = "X-Shop"
      value    = "x"
      override = true
    }
  }
  security_headers_config {
    xss_protection {
      override   = true
      protection = true
      mode_block = true
    }
  }
}
resource "aws_backup_plan" "windows" {
  name = "windows"
  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.v.name
    schedule          = "cron(0 5 * * ? *)"
  }
  advanced_backup_setting {
    resource_type  = "EC2"
    backup_options = { WindowsVSS = "enabled" }
  }
}
resource "aws_dynamodb_table" "limited" {
  name         = "rules-limited"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "pk"
  attribute {
    name = "pk"
    type = "S"
  }
  on_demand_throughput {
    max_read_request_units  = 100
    max_write_request_units = 100
  }
}
resource "aws_sns_topic" "open" { name = "rules-open" }
resource "aws_sns_topic_policy" "open" {
  arn = aws_sns_topic.open.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "s3.amazonaws.com" }
      Action    = "sns:Publish"
      Resource  = aws_sns_topic.open.arn
      Condition = { ArnLike = { "aws:SourceArn" = aws_s3_bucket.kinds.arn } }
    }]
  })
}
resource "aws_s3_bucket" "kinds" { bucket = "rules-kinds" }
resource "aws_s3_bucket_versioning" "kinds" {
  bucket = aws_s3_bucket.kinds.id
  versioning_configuration { status = "Enabled" }
}
resource "aws_s3_bucket_notification" "kinds" {
  bucket     = aws_s3_bucket.kinds.id
  depends_on = [aws_sns_topic_policy.open]
  topic {
    topic_arn = aws_sns_topic.open.arn
    events    = ["s3:ObjectCreated:*"]
  }
}
resource "aws_s3_bucket_lifecycle_configuration" "kinds" {
  bucket = aws_s3_bucket.kinds.id
  rule {
    id     = "sizes"
    status = "Enabled"
    filter {
      and {
        object_size_greater_than = 500
        object_size_less_than    = 501
      }
    }
    expiration { days = 30 }
  }
}
resource "aws_s3_bucket_replication_configuration" "kinds" {
  bucket     = aws_s3_bucket.kinds.id
  role       = aws_iam_role.r.arn
  depends_on = [aws_s3_bucket_versioning.kinds, aws_s3_bucket_versioning.b]
  rule {
    id     = "all"
    status = "Enabled"
    filter {}
    delete_marker_replication { status = "Enabled" }
    destination {
      bucket  = "arn:aws:s3:::rules-b"
      account = "123456789012"
      access_control_translation { owner = "Destination" }
    }
  }
}
resource "aws_cloudfront_distribution" "kinds" {
  enabled = true
  origin {
    origin_id   = "website"
    domain_name = "rules-kinds.s3-website-eu-west-1.amazonaws.com"
    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "http-only"
      origin_ssl_protocols   = ["TLSv1.2"]
    }
    custom_header {
      name  = "X-Shop"
      value = "shop.test"
    }
    origin_shield {
      enabled              = true
      origin_shield_region = "eu-west-1"
    }
  }
  default_cache_behavior {
    target_origin_id       = "website"
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
resource "aws_lb_target_group" "kinds" {
  name        = "rules-kinds"
  port        = 80
  protocol    = "HTTP"
  target_type = "ip"
  vpc_id      = aws_vpc.v.id
  health_check {
    path    = "/health"
    matcher = "200-299,404"
  }
}
resource "aws_route53_health_check" "kinds" {
  type = "HTTPS"
  fqdn = "a.rules.test"
}
resource "aws_route53_record" "kinds" {
  for_each        = { DE = "192.0.2.1", "*" = "192.0.2.2" }
  zone_id         = aws_route53_zone.z.zone_id
  name            = "located.rules.test"
  type            = "A"
  ttl             = 60
  records         = [each.value]
  set_identifier  = each.key
  health_check_id = each.key == "DE" ? aws_route53_health_check.kinds.id : null
  geolocation_routing_policy { country = each.key }
}
resource "aws_route53_record" "watched" {
  zone_id         = aws_route53_zone.z.zone_id
  name            = "watched.rules.test"
  type            = "A"
  ttl             = 60
  records         = ["192.0.2.1"]
  set_identifier  = "primary"
  health_check_id = aws_route53_health_check.kinds.id
  failover_routing_policy { type = "PRIMARY" }
}
resource "aws_cloudwatch_metric_alarm" "kinds" {
  alarm_name          = "rules-kinds"
  namespace           = "Rules"
  metric_name         = "Any"
  extended_statistic  = "p99.9"
  period              = 60
  evaluation_periods  = 1
  threshold           = 1
  comparison_operator = "GreaterThanThreshold"
}
resource "aws_cloudwatch_metric_alarm" "lower_case" {
  alarm_name          = "rules-lower-case"
  evaluation_periods  = 1
  threshold           = 1
  comparison_operator = "GreaterThanThreshold"
  metric_query {
    id          = "errors"
    return_data = true
    metric {
      namespace   = "Rules"
      metric_name = "Any"
      stat        = "Sum"
      period      = 60
    }
  }
}
resource "aws_db_instance" "kinds" {
  identifier                            = "rules-kinds"
  engine                                = "sqlserver-ex"
  instance_class                        = "db.t3.small"
  license_model                         = "license-included"
  allocated_storage                     = 100
  username                              = "dbadmin"
  password                              = "not-a-secret"
  timezone                              = "UTC"
  performance_insights_enabled          = true
  performance_insights_retention_period = 7
  skip_final_snapshot                   = true
}
resource "aws_ecs_task_definition" "kinds" {
  family                   = "rules-kinds"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512
  execution_role_arn       = aws_iam_role.r.arn
  ephemeral_storage { size_in_gib = 21 }
  container_definitions = jsonencode([{
    name             = "web", image = "web"
    healthCheck      = { command = ["CMD", "true"], interval = 5 }
    logConfiguration = { logDriver = "awslogs", options = { awslogs-group = "/ecs/web", awslogs-region = "eu-west-1" } }
  }])
}
resource "aws_ecs_service" "kinds" {
  name                = "rules-kinds"
  cluster             = aws_ecs_cluster.c.id
  task_definition     = aws_ecs_task_definition.kinds.arn
  launch_type         = "FARGATE"
  scheduling_strategy = "REPLICA"
  network_configuration { subnets = [for subnet in aws_subnet.s : subnet.id] }
}
