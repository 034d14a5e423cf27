resource "aws_vpc" "service" { cidr_block = "10.3.0.0/16" }
resource "aws_subnet" "service" {
  count             = 2
  vpc_id            = aws_vpc.service.id
  cidr_block        = "10.3.${count.index}.0/24"
  availability_zone = "eu-west-1${element(["a", "b"], count.index)}"
}
resource "aws_security_group" "service" {
  name        = "web"
  vpc_id      = aws_vpc.service.id
  description = "web"
}
resource "aws_cloudwatch_log_group" "service" {
  name              = "/ecs/it-web"
  retention_in_days = 365
}
resource "aws_iam_role" "service" {
  name = "it-web-execution"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ecs-tasks.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}
resource "aws_acm_certificate" "service" {
  domain_name       = "web.service.test"
  validation_method = "DNS"
  lifecycle { create_before_destroy = true }
}
resource "aws_route53_zone" "service" { name = "service.test" }
resource "aws_route53_record" "service" {
  zone_id = aws_route53_zone.service.zone_id
  name    = one(aws_acm_certificate.service.domain_validation_options).resource_record_name
  type    = one(aws_acm_certificate.service.domain_validation_options).resource_record_type
  records = [one(aws_acm_certificate.service.domain_validation_options).resource_record_value]
  ttl     = 60
}
resource "aws_acm_certificate_validation" "service" {
  certificate_arn         = aws_acm_certificate.service.arn
  validation_record_fqdns = [aws_route53_record.service.fqdn]
}
resource "aws_lb" "service" {
  name                       = "it-web"
  load_balancer_type         = "application"
  internal                   = true
  subnets                    = aws_subnet.service[*].id
  security_groups            = [aws_security_group.service.id]
  drop_invalid_header_fields = true
  enable_deletion_protection = false
  tags                       = { Name = "it-web" }
}
resource "aws_lb_target_group" "service" {
  name                 = "it-web"
  port                 = 8080
  protocol             = "HTTP"
  target_type          = "ip"
  vpc_id               = aws_vpc.service.id
  deregistration_delay = 30
  health_check {
    path                = "/health"
    matcher             = "200"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }
}
resource "aws_lb_listener" "service" {
  load_balancer_arn = aws_lb.service.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = aws_acm_certificate_validation.service.certificate_arn
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.service.arn
  }
}
resource "aws_ecs_cluster" "service" {
  name = "it-web"
  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}
resource "aws_ecs_task_definition" "service" {
  family                   = "it-web"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512
  execution_role_arn       = aws_iam_role.service.arn
  container_definitions = jsonencode([{
    name                   = "web"
    image                  = "000000000000.dkr.ecr.eu-west-1.amazonaws.com/web@sha256:0000000000000000000000000000000000000000000000000000000000000000"
    essential              = true
    readonlyRootFilesystem = true
    portMappings           = [{ containerPort = 8080 }]
  }])
}
resource "aws_ecs_service" "service" {
  name                              = "it-web"
  cluster                           = aws_ecs_cluster.service.arn
  task_definition                   = aws_ecs_task_definition.service.arn
  desired_count                     = 2
  launch_type                       = "FARGATE"
  health_check_grace_period_seconds = 60
  propagate_tags                    = "SERVICE"
  enable_ecs_managed_tags           = true
  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }
  network_configuration {
    subnets          = aws_subnet.service[*].id
    security_groups  = [aws_security_group.service.id]
    assign_public_ip = false
  }
  load_balancer {
    target_group_arn = aws_lb_target_group.service.arn
    container_name   = "web"
    container_port   = 8080
  }
  depends_on = [aws_lb_listener.service]
  lifecycle { ignore_changes = [desired_count] }
}
resource "aws_appautoscaling_target" "service" {
  service_namespace  = "ecs"
  resource_id        = "service/${aws_ecs_cluster.service.name}/${aws_ecs_service.service.name}"
  scalable_dimension = "ecs:service:DesiredCount"
  min_capacity       = 2
  max_capacity       = 8
}
resource "aws_appautoscaling_policy" "service" {
  name               = "it-web-cpu"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.service.service_namespace
  resource_id        = aws_appautoscaling_target.service.resource_id
  scalable_dimension = aws_appautoscaling_target.service.scalable_dimension
  target_tracking_scaling_policy_configuration {
    target_value = 60
    predefined_metric_specification { predefined_metric_type = "ECSServiceAverageCPUUtilization" }
  }
}
