using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessFunctions.Api.Json;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application;
using AccessFunctions.Domain.Policy;

namespace AccessFunctions.Api.Pages.Groups;

/// <summary>Access groups as text that people edit.</summary>
internal static class GroupDocuments
{
    /// <summary>The field that holds the text.</summary>
    public const string Field = "document";

    /// <summary>The field that holds the id of a new group.</summary>
    public const string IdField = "id";

    private static readonly JsonSerializerOptions Readable = new(ApiJson.Documents) { WriteIndented = true };

    /// <summary>The text of a group. Written alike, so that blanks are no change.</summary>
    public static string Text(AccessGroup group) => JsonSerializer.Serialize(group, Readable).ReplaceLineEndings("\n");

    /// <summary>The same for a group that gets another id.</summary>
    public static string TextWithoutId(AccessGroup group)
    {
        var written = JsonSerializer.SerializeToNode(group, Readable)!.AsObject();
        written.Remove(IdField);
        return written.ToJsonString(Readable).ReplaceLineEndings("\n");
    }

    /// <summary>Names a text and what it was read against, so that only what was shown is saved.</summary>
    public static string Name(string document, string against) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{against}\n{document}")).AsSpan(0, 16));

    /// <summary>Reads the text of a group whose id is known, and checks it as saving would; null with what has to be mended.</summary>
    public static (AccessGroup? Group, IReadOnlyList<PageError> Errors) Read(ApiCall call, string document, string id)
    {
        if (document.Length == 0) return (null, [new PageError(Field, "The document is missing.")]);
        AccessGroup? group;
        try
        {
            group = JsonSerializer.Deserialize<AccessGroup>(WithId(document, id), ApiJson.Documents);
        }
        catch (JsonException exception)
        {
            var (detail, fields) = JsonErrors.Describe(exception);
            if (fields.ContainsKey("body")) return (null, [new PageError(Field, "The text has to be one JSON object: it begins with { and ends with }.")]);
            return (null, fields.Count == 0 ? [new PageError(Field, detail.Replace("The body", "The text", StringComparison.Ordinal))] : Errors(fields, exception.LineNumber is { } line ? $" Line {line + 1}." : ""));
        }

        if (group is null) return (null, [new PageError(Field, "The document is null; an object is expected.")]);
        if (!string.Equals(group.Id, id, StringComparison.Ordinal)) return (null, [new PageError(Field, $"id: This is the access group \"{id}\"; an id stays as it is.")]);
        var errors = call.Service<Administration>().CheckGroup(group);
        return errors.Count > 0 ? (null, Errors(errors)) : (group, []);
    }

    /// <summary>What is wrong, at the text; what is wrong with the id of a new group, at its own field.</summary>
    public static List<PageError> Errors(IReadOnlyDictionary<string, IReadOnlyList<string>> errors, string where = "") =>
        [.. errors.SelectMany(field => field.Value.Select(message => new PageError(Field, $"{field.Key}: {message}{where}")))];

    // A text may leave the id out, which the page knows. What is no object, or says another id, stays as it is, for the reader to be told.
    private static string WithId(string document, string id)
    {
        try
        {
            if (JsonNode.Parse(document) is not JsonObject written || written.ContainsKey(IdField)) return document;
            written.Insert(0, IdField, id);
            return written.ToJsonString();
        }
        catch (Exception unreadable) when (unreadable is JsonException or ArgumentException)
        {
            return document; // Read once more, and said where it is wrong.
        }
    }
}
