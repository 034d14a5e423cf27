terraform {
  required_providers { aws = { source = "hashicorp/aws", version = "~> 5.100" } }
}
provider "aws" {
  region = "eu-west-1"
  default_tags { tags = { "recovery:workload" = "shop", "recovery:rto" = "15m" } }
}
provider "aws" {
  alias  = "recovery"
  region = "eu-central-1"
  default_tags { tags = { "recovery:workload" = "shop", "recovery:rto" = "15m" } }
}
provider "aws" {
  alias  = "global"
  region = "us-east-1"
}
