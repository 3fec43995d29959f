using AccessFunctions.Application.Ports;

namespace AccessFunctions.Embedded.Demo;

/// <summary>What a demo says when it has started: that it is one, who is in it, and how to call as them.</summary>
internal static class DemoBanner
{
    public static string Text(Uri address, string data, IPeople people)
    {
        var lines = new List<string>
        {
            "",
            "  DEMO: anyone on this machine may sign in as anyone. Not for real access.",
            $"  {address}   data in {data}",
            "",
        };
        lines.AddRange(people.All.Where(static person => person.Active).OrderBy(static person => person.Id, StringComparer.Ordinal)
            .Select(static person => $"    {person.Id,-8} {person.Name}{(person.Roles.Count > 0 ? $" ({string.Join(", ", person.Roles)})" : "")}"));
        lines.AddRange(["", $"  Their mailboxes, where links can be clicked and replies sent: {new Uri(address, "demo/mail")}"]);
        lines.AddRange(["  A token for scripts: dotnet run --project src/Embedded -- token --person alice", ""]);
        return string.Join(Environment.NewLine, lines);
    }
}
