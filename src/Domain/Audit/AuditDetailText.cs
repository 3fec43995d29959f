using System.Text.Json;

namespace AccessFunctions.Domain.Audit;

/// <summary>
/// The bytes of a detail, over which the chained hash is taken: compact UTF-8 JSON of <c>address</c>, <c>text</c> and <c>more</c> in that
/// order, what is absent left out, <c>more</c> in ordinal order of its names, so that equal details have equal bytes.
/// </summary>
public static class AuditDetailText
{
    /// <summary>Reads a stored detail.</summary>
    /// <exception cref="FormatException">The bytes are not in this form.</exception>
    public static AuditDetail Read(ReadOnlySpan<byte> detail)
    {
        try
        {
            return Parse(detail);
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            throw new FormatException($"The detail is not in the form of an audit detail: {unreadable.Message}", unreadable);
        }
    }

    internal static void Write(Utf8JsonWriter json, AuditDetail detail)
    {
        json.WriteStartObject();
        if (detail.Address is not null)
        {
            json.WriteString("address"u8, detail.Address);
        }

        if (detail.Text is not null)
        {
            json.WriteString("text"u8, detail.Text);
        }

        if (detail.More.Count > 0)
        {
            json.WriteStartObject("more"u8);
            foreach (var (name, value) in detail.More.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.Flush();
    }

    private static AuditDetail Parse(ReadOnlySpan<byte> detail)
    {
        var json = new Utf8JsonReader(detail);
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
        {
            throw new FormatException("The detail is not a JSON object.");
        }

        var read = new AuditDetail();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString();
            json.Read();
            read = name switch
            {
                "address" => read with { Address = json.GetString() },
                "text" => read with { Text = json.GetString() },
                "more" => read with { More = More(ref json) },
                _ => throw new FormatException($"The detail has an unknown member \"{name}\"."),
            };
        }

        json.Read(); // Throws where something follows the object.
        return read;
    }

    private static Dictionary<string, string> More(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            throw new FormatException("The detail's \"more\" is not a JSON object.");
        }

        var more = new Dictionary<string, string>(StringComparer.Ordinal);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString()!;
            json.Read();
            more[name] = json.GetString() ?? throw new FormatException($"The detail's \"{name}\" is null.");
        }

        return more;
    }
}
