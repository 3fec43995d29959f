using System.Text;
using System.Text.Json;

namespace AccessFunctions.Integrations.Vault;

/// <summary>Secrets as named fields: a stored JSON object of texts gives its own, anything else is one <c>value</c>.</summary>
public static class SecretFields
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads stored bytes: the object's fields; else <c>name</c> and <c>value</c>; bytes that are no text as <c>valueBase64</c>.</summary>
    public static Dictionary<string, string> Read(string name, ReadOnlySpan<byte> stored)
    {
        if (Fields(stored) is { Count: > 0 } fields) return fields;
        try
        {
            return new(StringComparer.Ordinal) { ["name"] = name, ["value"] = Strict.GetString(stored) };
        }
        catch (DecoderFallbackException)
        {
            return new(StringComparer.Ordinal) { ["name"] = name, ["valueBase64"] = Convert.ToBase64String(stored) };
        }
    }

    /// <summary>Writes fields as the JSON object that <see cref="Read"/> gives back.</summary>
    public static byte[] Write(IReadOnlyDictionary<string, string> fields)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            foreach (var (field, value) in fields) json.WriteString(field, value);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <summary>Null where the bytes are not a JSON object whose members are all texts.</summary>
    private static Dictionary<string, string>? Fields(ReadOnlySpan<byte> stored)
    {
        try
        {
            var json = new Utf8JsonReader(stored);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject) return null;
            var fields = new Dictionary<string, string>(StringComparer.Ordinal);
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var field = json.GetString()!;
                if (!json.Read() || json.TokenType != JsonTokenType.String) return null;
                fields[field] = json.GetString()!;
            }

            return json.TokenType == JsonTokenType.EndObject && !json.Read() ? fields : null;
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            // Not JSON (or a text with a lone surrogate): the secret is what it is, one value.
            return null;
        }
    }
}
