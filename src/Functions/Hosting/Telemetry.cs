using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;

namespace AccessFunctions.Functions.Hosting;

/// <summary>
/// OpenTelemetry of the worker. Without an endpoint the worker's logs go through the Functions host, which sends them to Application
/// Insights with its own; with one, the worker sends its own, and the host no longer does.
/// </summary>
internal static class Telemetry
{
    public static void Add(IServiceCollection services, IConfiguration configuration)
    {
        if (string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"])) return;
        services.AddOpenTelemetry().UseFunctionsWorkerDefaults().UseOtlpExporter();
    }
}
