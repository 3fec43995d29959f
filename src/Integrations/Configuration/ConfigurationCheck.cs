using AccessFunctions.Application.Directory;
using AccessFunctions.Domain.Policy;

namespace AccessFunctions.Integrations.Configuration;

/// <summary>Checks files without putting them in force: <c>groups check FILE…</c>.</summary>
public static class ConfigurationCheck
{
    /// <summary>Checks access group files.</summary>
    /// <param name="files">Paths of access group files.</param>
    /// <param name="people">Path of the people file, so that references and seats are checked too; null: the one in the folder above a group's, where there is one.</param>
    /// <returns>Errors, ready to print; none where all is well. A people file that cannot be read is an error too.</returns>
    public static IReadOnlyList<ConfigurationError> Groups(IReadOnlyList<string> files, string? people = null)
    {
        var errors = new List<ConfigurationError>();
        var directories = new Dictionary<string, IApproverDirectory>(StringComparer.Ordinal);
        var ids = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            if (Document(file, errors) is not { } document || GroupFile.Read(document, errors) is not { } group) continue;
            if (!ids.TryAdd(group.Id, file)) errors.Add(document.ErrorAt("id", $"\"{group.Id}\" is also the id in {ids[group.Id]}: ids must differ"));
            var source = people ?? Beside(file);
            if (!directories.TryGetValue(source ?? "", out var directory)) directories[source ?? ""] = directory = Directory(source, errors);
            errors.AddRange(GroupFile.Errors(document, directory is Anybody ? GroupValidation.Document(group, directory) : GroupValidation.Validate(group, directory)));
        }

        return errors;
    }

    private static YamlDocument? Document(string file, List<ConfigurationError> errors)
    {
        try
        {
            return YamlDocument.Parse(file, File.ReadAllText(file));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            errors.Add(new ConfigurationError(file, 0, 0, "", $"cannot be read: {error.Message}"));
            return null;
        }
    }

    private static string? Beside(string file) =>
        Path.GetDirectoryName(Path.GetDirectoryName(Path.GetFullPath(file))) is { } folder && Path.Combine(folder, PeopleFile.Name) is var path && File.Exists(path) ? path : null;

    private static IApproverDirectory Directory(string? path, List<ConfigurationError> errors) =>
        path is not null && Document(path, errors) is { } document && PeopleFile.Read(document, errors) is { } people
            ? new ApproverDirectory(new PeopleSnapshot(people))
            : new Anybody();

    /// <summary>Stands in for a directory that is not at hand: every reference may be right.</summary>
    private sealed class Anybody : IApproverDirectory
    {
        public IReadOnlyList<string> Everyone => [];
        public bool IsActive(string person) => true;
        public IReadOnlyList<string>? Members(string group) => [];
        public IReadOnlyList<string> WithRole(string role) => [];
        public string? Manager(string person) => null;
    }
}
