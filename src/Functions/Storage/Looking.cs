namespace AccessFunctions.Functions.Storage;

/// <summary>How many index rows one page looks at, and where that ended.</summary>
internal sealed class Looking(int most)
{
    private int _took;

    public int Most => most;

    /// <summary>The key of the last row looked at, where there were so many; null: there were fewer.</summary>
    public string? Until { get; private set; }

    /// <summary>Counts a row; true where it was the last to look at.</summary>
    public bool Took(string key)
    {
        if (++_took < most) return false;
        Until = key;
        return true;
    }
}
