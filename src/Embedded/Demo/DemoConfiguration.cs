using System.Reflection;
using AccessFunctions.Integrations.Configuration;

namespace AccessFunctions.Embedded.Demo;

/// <summary>The configuration of a demo, from this assembly's own resources: it needs no files and no account.</summary>
public static class DemoConfiguration
{
    /// <summary>The variable whose connection string adds a PostgreSQL server to the demo.</summary>
    public const string PostgresVariable = "ACCESS_DEMO_POSTGRES";

    /// <summary>The file that is there only with that variable.</summary>
    public const string PostgresFile = "platforms-postgres.yaml";

    /// <summary>The folder's name in a demo's data directory.</summary>
    public const string Folder = "demo-config";

    private const string Prefix = "demo/";

    /// <summary>Settings of a demo that variables may override: mails are from it, and replies to them are read.</summary>
    public static IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?>
    {
        ["Mail:FromAddress"] = "access-functions@demo.invalid",
        ["Mail:ReplyAddress"] = "access-functions@demo.invalid",
        ["Mail:Inbound:AuthservId"] = "demo.invalid",
    };

    /// <summary>Ids of the people of the demo in a data directory; none where their file cannot be read.</summary>
    public static IReadOnlyList<string> People(string dataDirectory)
    {
        var path = Path.Combine(dataDirectory, Folder, PeopleFile.Name);
        if (!File.Exists(path)) return [];
        return [.. (PeopleFile.Read(YamlDocument.Parse(PeopleFile.Name, File.ReadAllText(path)), []) ?? []).Select(person => person.Id).Order(StringComparer.Ordinal)];
    }

    /// <summary>Writes the configuration as a folder that <see cref="ConfigurationFolder"/> reads. Files that are there stay as they are: a demo may be edited.</summary>
    /// <param name="folder">Made where it is missing.</param>
    /// <param name="postgres">Also the PostgreSQL server; without it, its file is removed.</param>
    public static void Write(string folder, bool postgres)
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            var file = name[Prefix.Length..];
            var path = Path.Combine(folder, file);
            if (file == PostgresFile && !postgres)
            {
                File.Delete(path);
                continue;
            }

            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (File.Exists(path)) continue;
            using var resource = assembly.GetManifestResourceStream(name)!;
            using var target = File.Create(path);
            resource.CopyTo(target);
        }
    }
}
