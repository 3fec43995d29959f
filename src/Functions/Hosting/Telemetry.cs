using AccessFunctions.Application.Audit;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace AccessFunctions.Functions.Hosting;

/// <summary>
/// OpenTelemetry of the worker. Without an endpoint the worker's logs go through the Functions host, which sends them to Application
/// Insights with its own; with one, the worker sends its own, and the host no longer does.
/// </summary>
internal static class Telemetry
{
    public static void Add(IServiceCollection services, IConfiguration configuration)
    {
        // The web server below writes the address of each call, and that of a link is its token.
        services.AddLogging(static logging => logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning));
        if (string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"])) return;
        services.AddOpenTelemetry().UseFunctionsWorkerDefaults()
            .WithTracing(static tracing => tracing.AddProcessor(new TokenlessSpans()))
            .WithMetrics(static metrics => metrics.AddMeter(SinkMeter.Name))
            .UseOtlpExporter();
    }
}
