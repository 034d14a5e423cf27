resource "aws_kms_key" "a" { enable_key_rotation = true }
resource "aws_kms_key" "b" {
  provider            = aws.recovery
  enable_key_rotation = true
}
resource "aws_kms_key" "mr" {
  multi_region        = true
  enable_key_rotation = true
}
resource "aws_kms_replica_key" "mr" {
  provider        = aws.recovery
  primary_key_arn = aws_kms_key.mr.arn
}
resource "aws_kms_alias" "mr" {
  provider      = aws.recovery
  name          = "alias/it-mr"
  target_key_id = aws_kms_replica_key.mr.key_id
}
resource "aws_dynamodb_table" "t" {
  name         = "it-orders"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "pk"
  range_key    = "sk"
  attribute {
    name = "pk"
    type = "S"
  }
  attribute {
    name = "sk"
    type = "S"
  }
  attribute {
    name = "owner"
    type = "S"
  }
  global_secondary_index {
    name            = "owner"
    hash_key        = "owner"
    projection_type = "ALL"
  }
  ttl {
    attribute_name = "expires"
    enabled        = true
  }
  stream_enabled              = true
  stream_view_type            = "NEW_AND_OLD_IMAGES"
  deletion_protection_enabled = true
  point_in_time_recovery {
    enabled                 = true
    recovery_period_in_days = 35
  }
  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.a.arn
  }
  lifecycle { ignore_changes = [replica] }
}
resource "aws_dynamodb_table_replica" "r" {
  provider               = aws.recovery
  global_table_arn       = aws_dynamodb_table.t.arn
  kms_key_arn            = aws_kms_key.b.arn
  point_in_time_recovery = true
}
resource "aws_dynamodb_table" "plain" {
  name             = "it-plain"
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "pk"
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"
  attribute {
    name = "pk"
    type = "S"
  }
  lifecycle { ignore_changes = [replica] }
}
resource "aws_dynamodb_table_replica" "plain" {
  provider         = aws.recovery
  global_table_arn = aws_dynamodb_table.plain.arn
}
resource "aws_dynamodb_table" "inline" {
  name             = "it-inline"
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "pk"
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"
  attribute {
    name = "pk"
    type = "S"
  }
  replica {
    region_name            = "eu-central-1"
    point_in_time_recovery = true
    propagate_tags         = true
  }
}
