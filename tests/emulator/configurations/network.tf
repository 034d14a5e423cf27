data "aws_availability_zones" "a" { state = "available" }
resource "aws_vpc" "a" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_hostnames = true
  enable_dns_support   = true
}
resource "aws_default_security_group" "a" { vpc_id = aws_vpc.a.id }
resource "aws_subnet" "a" {
  count             = 3
  vpc_id            = aws_vpc.a.id
  cidr_block        = "10.0.${count.index}.0/24"
  availability_zone = "eu-west-1${element(["a", "b", "c"], count.index)}"
}
resource "aws_security_group" "a" {
  name        = "db"
  vpc_id      = aws_vpc.a.id
  description = "db"
}
resource "aws_vpc_security_group_ingress_rule" "a" {
  security_group_id = aws_security_group.a.id
  cidr_ipv4         = aws_vpc.a.cidr_block
  ip_protocol       = "tcp"
  from_port         = 5432
  to_port           = 5432
}
resource "aws_vpc_security_group_egress_rule" "a" {
  security_group_id = aws_security_group.a.id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
}
resource "aws_flow_log" "a" {
  vpc_id               = aws_vpc.a.id
  traffic_type         = "ALL"
  log_destination_type = "cloud-watch-logs"
  log_destination      = aws_cloudwatch_log_group.a.arn
  iam_role_arn         = aws_iam_role.a.arn
}
resource "aws_cloudwatch_log_group" "a" {
  name              = "/it/flow"
  retention_in_days = 365
}
resource "aws_iam_role" "a" {
  name               = "it-flow"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "vpc-flow-logs.amazonaws.com" } }] })
}
resource "aws_vpc_endpoint" "s3" {
  vpc_id       = aws_vpc.a.id
  service_name = "com.amazonaws.eu-west-1.s3"
}
resource "aws_security_group" "inline" {
  name        = "inline"
  vpc_id      = aws_vpc.a.id
  description = "db"
  ingress {
    description = "x"
    from_port   = 5432
    to_port     = 5432
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/16"]
  }
}
