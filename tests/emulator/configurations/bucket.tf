locals {
  a = "it-assets-eu-west-1"
  b = "it-assets-eu-central-1"
}
data "aws_caller_identity" "me" {}
resource "aws_kms_key" "a" {
  enable_key_rotation     = true
  deletion_window_in_days = 30
}
resource "aws_kms_alias" "a" {
  name          = "alias/it-a"
  target_key_id = aws_kms_key.a.key_id
}
resource "aws_kms_key" "b" {
  provider            = aws.recovery
  enable_key_rotation = true
}
resource "aws_s3_bucket" "a" { bucket = local.a }
resource "aws_s3_bucket" "b" {
  provider = aws.recovery
  bucket   = local.b
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
resource "aws_s3_bucket_public_access_block" "a" {
  bucket                  = aws_s3_bucket.a.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
resource "aws_s3_bucket_ownership_controls" "a" {
  bucket = aws_s3_bucket.a.id
  rule { object_ownership = "BucketOwnerEnforced" }
}
resource "aws_s3_bucket_server_side_encryption_configuration" "a" {
  bucket = aws_s3_bucket.a.id
  rule {
    bucket_key_enabled = true
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.a.arn
    }
  }
}
resource "aws_s3_bucket_server_side_encryption_configuration" "b" {
  provider = aws.recovery
  bucket   = aws_s3_bucket.b.id
  rule {
    bucket_key_enabled = true
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.b.arn
    }
  }
}
resource "aws_s3_bucket_policy" "a" {
  bucket = aws_s3_bucket.a.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "TlsOnly", Effect = "Deny", Principal = "*", Action = "s3:*",
  Resource = ["arn:aws:s3:::${local.a}", "arn:aws:s3:::${local.a}/*"], Condition = { Bool = { "aws:SecureTransport" = "false" } } }] })
}
resource "aws_s3_bucket_lifecycle_configuration" "a" {
  bucket = aws_s3_bucket.a.id
  rule {
    id     = "noncurrent"
    status = "Enabled"
    filter {}
    noncurrent_version_expiration { noncurrent_days = 30 }
    abort_incomplete_multipart_upload { days_after_initiation = 7 }
  }
  depends_on = [aws_s3_bucket_versioning.a]
}
resource "aws_iam_role" "r" {
  name               = "it-replication"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "s3.amazonaws.com" } }] })
}
resource "aws_iam_role_policy" "r" {
  role = aws_iam_role.r.id
  name = "replicate"
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = ["s3:GetReplicationConfiguration", "s3:ListBucket"], Resource = ["arn:aws:s3:::${local.a}", "arn:aws:s3:::${local.b}"] },
    { Effect = "Allow", Action = ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging", "s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"], Resource = ["arn:aws:s3:::${local.a}/*", "arn:aws:s3:::${local.b}/*"] },
  { Effect = "Allow", Action = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"], Resource = [aws_kms_key.a.arn, aws_kms_key.b.arn] }] })
}
resource "aws_s3_bucket_replication_configuration" "ab" {
  bucket = aws_s3_bucket.a.id
  role   = aws_iam_role.r.arn
  rule {
    id       = "all"
    priority = 0
    status   = "Enabled"
    filter { prefix = "" }
    delete_marker_replication { status = "Enabled" }
    source_selection_criteria {
      sse_kms_encrypted_objects { status = "Enabled" }
      replica_modifications { status = "Enabled" }
    }
    destination {
      bucket        = aws_s3_bucket.b.arn
      storage_class = "STANDARD"
      encryption_configuration { replica_kms_key_id = aws_kms_key.b.arn }
      metrics {
        status = "Enabled"
        event_threshold { minutes = 15 }
      }
      replication_time {
        status = "Enabled"
        time { minutes = 15 }
      }
    }
  }
  depends_on = [aws_s3_bucket_versioning.a, aws_s3_bucket_versioning.b]
}
resource "aws_s3_bucket_replication_configuration" "ba" {
  provider = aws.recovery
  bucket   = aws_s3_bucket.b.id
  role     = aws_iam_role.r.arn
  rule {
    id       = "all"
    priority = 0
    status   = "Enabled"
    filter { prefix = "" }
    delete_marker_replication { status = "Enabled" }
    source_selection_criteria {
      sse_kms_encrypted_objects { status = "Enabled" }
      replica_modifications { status = "Enabled" }
    }
    destination {
      bucket = aws_s3_bucket.a.arn
      encryption_configuration { replica_kms_key_id = aws_kms_key.a.arn }
      metrics { status = "Enabled" }
    }
  }
  depends_on = [aws_s3_bucket_versioning.a, aws_s3_bucket_versioning.b]
}
resource "aws_s3_bucket" "locked" {
  bucket              = "it-locked"
  object_lock_enabled = true
}
resource "aws_s3_bucket_versioning" "locked" {
  bucket = aws_s3_bucket.locked.id
  versioning_configuration { status = "Enabled" }
}
resource "aws_s3_bucket_object_lock_configuration" "locked" {
  bucket = aws_s3_bucket.locked.id
  rule {
    default_retention {
      mode = "GOVERNANCE"
      days = 7
    }
  }
}
resource "aws_s3_bucket_notification" "a" {
  bucket     = aws_s3_bucket.a.id
  depends_on = [aws_sns_topic_policy.t]
  topic {
    topic_arn = aws_sns_topic.t.arn
    events    = ["s3:Replication:OperationFailedReplication"]
  }
}
resource "aws_sns_topic" "t" {
  name              = "it-bucket"
  kms_master_key_id = aws_kms_key.t.arn
}
# S3 cannot use the key that AWS manages.
resource "aws_kms_key" "t" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Principal = { AWS = "arn:aws:iam::123456789012:root" }, Action = "kms:*", Resource = "*" },
      { Effect = "Allow", Principal = { Service = "s3.amazonaws.com" }, Action = ["kms:GenerateDataKey", "kms:Decrypt"], Resource = "*" },
    ]
  })
}
resource "aws_sns_topic_policy" "t" {
  arn = aws_sns_topic.t.arn
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Principal = { Service = "s3.amazonaws.com" }, Action = "sns:Publish", Resource = aws_sns_topic.t.arn },
  ] })
}
