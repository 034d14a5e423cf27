resource "aws_kms_key" "a" {}
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
