using AccessFunctions.Domain.Policy;

namespace AccessFunctions.Integrations.Configuration;

/// <summary>Reads one file of <c>access-groups/</c>: one access group, with the API's field names.</summary>
public static class GroupFile
{
    public const string Folder = "access-groups";

    /// <summary>The group as written, not yet checked against people; null where there are errors.</summary>
    public static AccessGroup? Read(YamlDocument document, List<ConfigurationError> errors)
    {
        errors.AddRange(document.Errors);
        return document.Errors.Count > 0 ? null : TypedReader.Read(document, document.Root, "", ConfigurationJson.AccessGroup, errors);
    }

    /// <summary>What <see cref="GroupValidation"/> found, each at its line.</summary>
    public static IEnumerable<ConfigurationError> Errors(YamlDocument document, IReadOnlyDictionary<string, IReadOnlyList<string>> found) =>
        found.SelectMany(field => field.Value.Select(message => document.ErrorAt(field.Key, message)));
}
