using System.Collections;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using AccessFunctions.Domain.Json;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Api.Json;

/// <summary>
/// JSON as the API reads and writes it: camelCase, enums by name only, instants in ISO 8601 UTC, nulls written. Reading refuses unknown
/// and doubled fields, nulls where none may be, instants without an offset, and texts nobody could have meant.
/// </summary>
public static class ApiJson
{
    /// <summary>Longest text in a body, in UTF-16 code units.</summary>
    public const int LongestText = 8000;

    /// <summary>Longest text under a name of the sender's own: a parameter may hold a document.</summary>
    public const int LongestValue = SettingsChange.MaxLength;

    /// <summary>The API's own shapes.</summary>
    public static JsonSerializerOptions Options { get; } = Strict(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    });

    /// <summary>Documents of the domain (access groups): written as <see cref="DomainJson"/> writes them, read as strictly as the rest.</summary>
    public static JsonSerializerOptions Documents { get; } = Strict(new JsonSerializerOptions(DomainJson.Default.Options));

    private static JsonSerializerOptions Strict(JsonSerializerOptions options)
    {
        options.Encoder = JavaScriptEncoder.Create(UnicodeRanges.All);
        options.AllowDuplicateProperties = false;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.MaxDepth = 32;
        options.Converters.Insert(0, new JsonStringEnumConverter(namingPolicy: null, allowIntegerValues: false));
        options.Converters.Insert(0, new InstantConverter());
        options.Converters.Insert(0, new WeekdayConverter());
        options.TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { CheckTexts } };
        options.MakeReadOnly();
        return options;
    }

    /// <summary>Nullable annotations say nothing about items of lists, so every property that holds texts or items checks them as it is set.</summary>
    private static void CheckTexts(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object) return;
        foreach (var property in type.Properties)
        {
            // A text is a sequence too, of characters.
            if (property.Set is not { } set || !typeof(IEnumerable).IsAssignableFrom(property.PropertyType)) continue;
            property.Set = (owner, value) =>
            {
                Check(value);
                set(owner, value);
            };
        }
    }

    private static void Check(object? value)
    {
        switch (value)
        {
            case string text:
                CheckText(text);
                break;
            case IDictionary pairs:
                foreach (DictionaryEntry pair in pairs)
                {
                    if (pair.Key is string key) CheckText(key);
                    Item(pair.Value, LongestValue);
                }

                break;
            case IEnumerable items:
                foreach (var item in items) Item(item, LongestText);
                break;
            default:
                break;
        }

        static void Item(object? item, int longest)
        {
            if (item is null) throw new JsonException("null cannot stand here; leave the item out.");
            if (item is string text) CheckText(text, longest);
        }
    }

    private static void CheckText(string text, int longest = LongestText)
    {
        if (text.Length > longest) throw new JsonException($"At most {longest} characters; this text has {text.Length}.");
        if (text.Any(c => char.IsControl(c) && c is not ('\t' or '\r' or '\n'))) throw new JsonException("Control characters cannot stand here.");
    }
}

/// <summary>Instants with an offset, years 2000 to 2199, so that no arithmetic on them can overflow; written in UTC.</summary>
public sealed class InstantConverter : JsonConverter<DateTimeOffset>
{
    private const string Form = "An instant is text with an offset, such as \"2026-11-21T09:00:00Z\", in the years 2000 to 2199.";

    /// <summary>Reads an instant as the API takes it, in bodies and in queries.</summary>
    public static bool TryParse(string? text, out DateTimeOffset instant)
    {
        var zoned = text is { Length: >= 17 and <= 40 } && (text[^1] is 'Z' or 'z' || text[^6] is '+' or '-');
        instant = default;
        if (!zoned || !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out instant)) return false;
        return instant.Year is >= 2000 and < 2200 && text![4] == '-';
    }

    /// <summary>Writes as JSON does.</summary>
    public static string Format(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && TryParse(reader.GetString(), out var instant) ? instant : throw new JsonException(Form);

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(Format(value));
}
