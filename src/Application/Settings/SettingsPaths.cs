namespace AccessFunctions.Application.Settings;

/// <summary>The paths of documents on a platform of settings.</summary>
public static class SettingsPaths
{
    /// <summary>Where access groups lie.</summary>
    public const string Groups = "access-groups";

    /// <summary>Where people lie.</summary>
    public const string People = "people";

    /// <summary>Where platforms lie.</summary>
    public const string Platforms = "platforms";

    /// <summary>The path of a person.</summary>
    public static string Person(string id) => $"{People}/{id}";

    /// <summary>The path of an access group.</summary>
    public static string Group(string id) => $"{Groups}/{id}";

    /// <summary>The path of a platform.</summary>
    public static string Platform(string name) => $"{Platforms}/{name}";
}
