# A database whose endpoint a client connects to, with a password that Terraform knows.
resource "aws_db_instance" "shop" {
  identifier              = "it-shop"
  engine                  = "postgres"
  engine_version          = "16.4"
  instance_class          = "db.r6g.large"
  allocated_storage       = 100
  db_name                 = "shop"
  username                = "dbadmin"
  password                = "not-a-secret"
  port                    = 5433
  backup_retention_period = 7
  skip_final_snapshot     = true
}
output "address" { value = aws_db_instance.shop.address }
output "port" { value = aws_db_instance.shop.port }
