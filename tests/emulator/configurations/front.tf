resource "aws_s3_bucket" "a" { bucket = "it-site-a" }
resource "aws_s3_bucket" "b" {
  provider = aws.recovery
  bucket   = "it-site-b"
}
resource "aws_s3_bucket_policy" "a" {
  bucket = aws_s3_bucket.a.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "CloudFront", Effect = "Allow", Principal = { Service = "cloudfront.amazonaws.com" }, Action = ["s3:GetObject", "s3:ListBucket"],
  Resource = [aws_s3_bucket.a.arn, "${aws_s3_bucket.a.arn}/*"], Condition = { StringEquals = { "AWS:SourceArn" = aws_cloudfront_distribution.d.arn } } }] })
}
resource "aws_s3_bucket_policy" "b" {
  provider = aws.recovery
  bucket   = aws_s3_bucket.b.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "CloudFront", Effect = "Allow", Principal = { Service = "cloudfront.amazonaws.com" }, Action = "s3:GetObject",
  Resource = "${aws_s3_bucket.b.arn}/*", Condition = { StringEquals = { "AWS:SourceArn" = aws_cloudfront_distribution.d.arn } } }] })
}
resource "aws_cloudfront_origin_access_control" "o" {
  provider                          = aws.global
  name                              = "it"
  description                       = "it"
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}
resource "aws_cloudfront_origin_access_identity" "i" {
  provider = aws.global
  comment  = "it"
}
resource "aws_s3_bucket" "old" { bucket = "it-site-old" }
resource "aws_s3_bucket_policy" "old" {
  bucket = aws_s3_bucket.old.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:GetObject",
  Principal = { AWS = aws_cloudfront_origin_access_identity.i.iam_arn }, Resource = "${aws_s3_bucket.old.arn}/*" }] })
}
resource "aws_cloudfront_distribution" "d" {
  provider            = aws.global
  enabled             = true
  is_ipv6_enabled     = true
  comment             = "it"
  default_root_object = "index.html"
  price_class         = "PriceClass_All"
  http_version        = "http2and3"
  origin {
    origin_id                = "primary"
    domain_name              = aws_s3_bucket.a.bucket_regional_domain_name
    origin_access_control_id = aws_cloudfront_origin_access_control.o.id
    connection_attempts      = 1
    connection_timeout       = 2
  }
  origin {
    origin_id                = "recovery"
    domain_name              = aws_s3_bucket.b.bucket_regional_domain_name
    origin_access_control_id = aws_cloudfront_origin_access_control.o.id
    connection_attempts      = 3
    connection_timeout       = 10
  }
  origin_group {
    origin_id = "group"
    failover_criteria { status_codes = [403, 404, 500, 502, 503, 504] }
    member { origin_id = "primary" }
    member { origin_id = "recovery" }
  }
  default_cache_behavior {
    target_origin_id           = "group"
    allowed_methods            = ["GET", "HEAD", "OPTIONS"]
    cached_methods             = ["GET", "HEAD"]
    viewer_protocol_policy     = "redirect-to-https"
    compress                   = true
    cache_policy_id            = "658327ea-f89d-4fab-a63d-7e88639e58f6"
    response_headers_policy_id = "67f7725c-6f97-4210-82d7-5512b31e9d03"
  }
  restrictions {
    geo_restriction { restriction_type = "none" }
  }
  viewer_certificate {
    cloudfront_default_certificate = true
    minimum_protocol_version       = "TLSv1"
  }
  custom_error_response {
    error_code            = 404
    error_caching_min_ttl = 5
  }
}
resource "aws_route53_zone" "z" {
  provider = aws.global
  name     = "shop.test"
}
resource "aws_route53_health_check" "a" {
  provider          = aws.global
  fqdn              = "a.shop.test"
  port              = 443
  type              = "HTTPS"
  resource_path     = "/health"
  request_interval  = 10
  failure_threshold = 3
  measure_latency   = false
  regions           = ["us-east-1", "eu-west-1", "us-west-2"]
}
resource "aws_route53_health_check" "calc" {
  provider               = aws.global
  type                   = "CALCULATED"
  child_health_threshold = 1
  child_healthchecks     = [aws_route53_health_check.a.id]
}
resource "aws_route53_health_check" "alarm" {
  provider                        = aws.global
  type                            = "CLOUDWATCH_METRIC"
  cloudwatch_alarm_name           = aws_cloudwatch_metric_alarm.m.alarm_name
  cloudwatch_alarm_region         = "eu-west-1"
  insufficient_data_health_status = "LastKnownStatus"
}
resource "aws_cloudwatch_metric_alarm" "m" {
  alarm_name          = "it-lag"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  metric_name         = "ReplicationLatency"
  namespace           = "AWS/S3"
  statistic           = "Maximum"
  period              = 60
  threshold           = 900
  treat_missing_data  = "breaching"
  dimensions          = { SourceBucket = "it-site-a", DestinationBucket = "it-site-b", RuleId = "all" }
  alarm_actions       = [aws_sns_topic.t.arn]
  ok_actions          = [aws_sns_topic.t.arn]
}
resource "aws_cloudwatch_composite_alarm" "any" {
  alarm_name        = "it-any"
  alarm_description = "either"
  alarm_rule        = "ALARM(\"${aws_cloudwatch_metric_alarm.m.alarm_name}\") OR ALARM(\"${aws_cloudwatch_metric_alarm.math.alarm_name}\")"
  alarm_actions     = [aws_sns_topic.t.arn]
  ok_actions        = [aws_sns_topic.t.arn]
  tags              = { "recovery:workload" = "it" }
}
resource "aws_cloudwatch_dashboard" "d" {
  dashboard_name = "it-dashboard"
  dashboard_body = jsonencode({
    start = "-PT24H"
    widgets = [{
      type = "alarm", x = 0, y = 0, width = 24, height = 4
      properties = { title = "alarms", alarms = [aws_cloudwatch_metric_alarm.m.arn] }
    }]
  })
}
resource "aws_cloudwatch_metric_alarm" "math" {
  alarm_name          = "it-math"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  threshold           = 1
  metric_query {
    id          = "e1"
    expression  = "m1 * 2"
    label       = "x"
    return_data = true
  }
  metric_query {
    id = "m1"
    metric {
      metric_name = "Errors"
      namespace   = "X"
      period      = 60
      stat        = "Sum"
    }
  }
}
resource "aws_sns_topic" "t" {
  name              = "it-alerts"
  kms_master_key_id = aws_kms_key.k.arn
}
resource "aws_kms_key" "k" {}
resource "aws_sns_topic_policy" "t" {
  arn    = aws_sns_topic.t.arn
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "cw", Effect = "Allow", Principal = { Service = "cloudwatch.amazonaws.com" }, Action = "sns:Publish", Resource = aws_sns_topic.t.arn }] })
}
resource "aws_sns_topic_subscription" "t" {
  topic_arn = aws_sns_topic.t.arn
  protocol  = "email"
  endpoint  = "ops@example.com"
}
resource "aws_route53_record" "p" {
  provider        = aws.global
  zone_id         = aws_route53_zone.z.zone_id
  name            = "app"
  type            = "CNAME"
  ttl             = 60
  records         = ["a.shop.test"]
  set_identifier  = "primary"
  health_check_id = aws_route53_health_check.a.id
  failover_routing_policy { type = "PRIMARY" }
}
resource "aws_route53_record" "s" {
  provider       = aws.global
  zone_id        = aws_route53_zone.z.zone_id
  name           = "app"
  type           = "CNAME"
  ttl            = 60
  records        = ["b.shop.test"]
  set_identifier = "secondary"
  failover_routing_policy { type = "SECONDARY" }
}
resource "aws_route53_record" "alias" {
  provider = aws.global
  zone_id  = aws_route53_zone.z.zone_id
  name     = "shop.test"
  type     = "A"
  alias {
    name                   = aws_cloudfront_distribution.d.domain_name
    zone_id                = aws_cloudfront_distribution.d.hosted_zone_id
    evaluate_target_health = false
  }
}
resource "aws_secretsmanager_secret" "s" {
  name                    = "it/secret"
  kms_key_id              = aws_kms_key.k.arn
  recovery_window_in_days = 7
  replica {
    region     = "eu-central-1"
    kms_key_id = aws_kms_key.kb.arn
  }
}
resource "aws_secretsmanager_secret_version" "s" {
  secret_id     = aws_secretsmanager_secret.s.id
  secret_string = "hello"
}
resource "aws_kms_key" "kb" { provider = aws.recovery }
