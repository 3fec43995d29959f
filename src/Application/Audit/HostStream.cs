using System.Globalization;

namespace AccessFunctions.Application.Audit;

/// <summary>Names this process's own audit stream, a new one each day: <c>host:{instance}:{yyyy-MM-dd}</c>.</summary>
public sealed class HostStream
{
    /// <summary>What the names of all such streams begin with; no request's id does.</summary>
    public const string Prefix = "host:";

    private readonly string _instance = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(6));

    /// <summary>The stream of an instant's UTC day.</summary>
    public string At(DateTimeOffset instant) => $"{Prefix}{_instance}:{instant.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}";
}
