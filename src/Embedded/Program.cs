namespace AccessFunctions.Embedded;

internal static class Program { private static int Main() => 0; }
