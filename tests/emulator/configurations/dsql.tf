data "aws_caller_identity" "current" {}
resource "aws_kms_key" "a" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" }, Action = "kms:*", Resource = "*" },
      { Effect = "Allow", Principal = { Service = "dsql.amazonaws.com" }, Action = ["kms:DescribeKey", "kms:Decrypt", "kms:GenerateDataKey*"], Resource = "*" },
    ]
  })
}
resource "aws_dsql_cluster" "a" {
  deletion_protection_enabled = true
  multi_region_properties { witness_region = "eu-west-3" }
}
resource "aws_dsql_cluster" "b" {
  provider                    = aws.recovery
  deletion_protection_enabled = true
  multi_region_properties { witness_region = "eu-west-3" }
}
resource "aws_dsql_cluster_peering" "a" {
  identifier     = aws_dsql_cluster.a.identifier
  clusters       = [aws_dsql_cluster.b.arn]
  witness_region = "eu-west-3"
}
resource "aws_dsql_cluster_peering" "b" {
  provider       = aws.recovery
  identifier     = aws_dsql_cluster.b.identifier
  clusters       = [aws_dsql_cluster.a.arn]
  witness_region = "eu-west-3"
}
resource "aws_dsql_cluster" "single" {
  deletion_protection_enabled = false
  kms_encryption_key          = aws_kms_key.a.arn
}
