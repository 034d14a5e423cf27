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
provider "aws" {
  alias  = "third"
  region = "eu-west-2"
}
provider "aws" {
  alias  = "unpaired"
  region = "eu-south-2"
}
