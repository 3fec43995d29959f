namespace AccessFunctions.Integrations.Mail.Inbound;

/// <summary>How much of a mail is read. A mail beyond the first four is none; parts beyond the last two are not looked at.</summary>
public static class MimeLimits
{
    /// <summary>Bytes of a whole mail.</summary>
    public const int Mail = 1024 * 1024;

    /// <summary>Bytes of the header.</summary>
    public const int Header = 128 * 1024;

    /// <summary>Fields of the header.</summary>
    public const int Fields = 500;

    /// <summary>Bytes of one field, unfolded.</summary>
    public const int Field = 32 * 1024;

    /// <summary>Parts of all depths.</summary>
    public const int Parts = 100;

    /// <summary>How deep parts may lie in parts.</summary>
    public const int Depth = 8;
}
