using System.Text.Json;
using System.Text.Json.Serialization;
using AccessFunctions.Domain.Json;

namespace AccessFunctions.Functions.Requests;

/// <summary>
/// What goes through the orchestration service: the domain's own JSON as text in an envelope. The worker's serializer sees only the
/// envelope, so whatever it is set to, what lies in a history is the form that golden files pin (<c>docs/decisions/005</c>).
/// </summary>
public sealed record Payload([property: JsonPropertyName("json")] string Json)
{
    /// <summary>Wraps a value. Members are written as their declared type, so that signals and effects carry their discriminator.</summary>
    public static Payload Of<T>(T value) => new(JsonSerializer.Serialize(value, DomainJson.Default.Options));

    /// <summary>Reads it back.</summary>
    /// <exception cref="JsonException">The text is not that of a <typeparamref name="T"/>.</exception>
    public T Read<T>() where T : class => JsonSerializer.Deserialize<T>(Json, DomainJson.Default.Options) ?? throw new JsonException($"The payload holds no {typeof(T).Name}.");
}
