using System.CommandLine;
using AccessFunctions.Api.Authentication;
using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Ports;
using AccessFunctions.Embedded.Demo;
using AccessFunctions.Embedded.Sqlite;
using AccessFunctions.Integrations.Configuration;
using AccessFunctions.Integrations.Vault;
using Microsoft.Extensions.Options;

namespace AccessFunctions.Embedded;

/// <summary>The command line (design, section 10). Exit codes: 0 done, 1 it could not be done or something is wrong.</summary>
internal static class CommandLine
{
    public static Task<int> Run(string[] args)
    {
        var urls = new Option<string>("--urls") { Description = "Addresses to listen on, separated by semicolons.", DefaultValueFactory = static _ => "http://localhost:7071" };
        var config = new Option<string?>("--config") { Description = "The configuration folder. Without one, a demo starts." };
        var data = new Option<string>("--data") { Description = "The data directory.", DefaultValueFactory = static _ => "./data", Recursive = true };

        var serve = new Command("serve", "Serve (the default).") { urls, config };
        var root = new RootCommand("Access Functions on a single machine.") { data, urls, config, serve, Token(data), Audit(data), Groups() };
        serve.SetAction((parsed, cancellation) => Serve(Options(parsed), cancellation));
        root.SetAction((parsed, cancellation) => Serve(Options(parsed), cancellation));
        // The host listens to the operating system's signals itself, and takes the time it needs to stop.
        return root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });

        EmbeddedHostOptions Options(ParseResult parsed) => new()
        {
            Data = parsed.GetValue(data)!,
            Config = parsed.GetValue(config),
            Urls = parsed.GetValue(urls)!,
            OwnsProcess = true,
        };
    }

    private static async Task<int> Serve(EmbeddedHostOptions options, CancellationToken cancellation)
    {
        try
        {
            await using var host = await EmbeddedHost.Start(options, cancellation);
            if (host.IsDemo) Console.WriteLine(DemoBanner.Text(host.Address, Path.GetFullPath(options.Data), host.Services.GetRequiredService<IDirectory>().Current));
            else Console.WriteLine($"Serving on {host.Address}");
            await host.WaitForShutdown(cancellation);
            return 0;
        }
        catch (Exception cannot) when (cannot is DataDirectoryException or ConfigurationException or StartupException or VaultKeyException or OptionsValidationException
            || cannot is IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException })
        {
            Console.Error.WriteLine(cannot.Message);
            return 1;
        }
    }

    private static Command Token(Option<string> data)
    {
        var person = new Option<string>("--person") { Description = "The person's id.", Required = true };
        var hours = new Option<int>("--hours") { Description = "How long the token is valid.", DefaultValueFactory = static _ => 12 };
        var token = new Command("token", "Print a bearer token for a person of the demo.") { person, hours };
        token.SetAction(parsed =>
        {
            var directory = parsed.GetValue(data)!;
            var id = parsed.GetValue(person)!;
            try
            {
                using var store = Database.OpenReadOnly(directory);
                if (store.One("SELECT value FROM meta WHERE name = 'kind'", static row => row.GetString(0)) != nameof(DataKind.Demo))
                {
                    Console.Error.WriteLine($"{Path.GetFullPath(directory)} holds real data: its tokens come from the configured issuers.");
                    return 1;
                }
            }
            catch (DataDirectoryException missing)
            {
                Console.Error.WriteLine($"{missing.Message} Start the demo first.");
                return 1;
            }

            var people = DemoConfiguration.People(directory);
            if (people.Count > 0 && !people.Contains(id, StringComparer.Ordinal))
            {
                Console.Error.WriteLine($"The demo has no person \"{id}\". It has {string.Join(", ", people)}.");
                return 1;
            }

            using var issuer = DemoIssuer.Open(directory, TimeProvider.System);
            Console.WriteLine(issuer.Mint(id, TimeSpan.FromHours(parsed.GetValue(hours))));
            return 0;
        });
        return token;
    }

    private static Command Audit(Option<string> data)
    {
        var file = new Argument<string?>("file") { Description = "An export; without one, the store of --data is verified, also while it is in use.", Arity = ArgumentArity.ZeroOrOne };
        var sink = new Option<string[]>("--against") { Description = "Files of a sink: what they hold has to be in the trail, unchanged.", AllowMultipleArgumentsPerToken = true };
        var key = new Option<string?>("--key") { Description = "The id of the key that signed the first checkpoint, as known from elsewhere." };
        var verify = new Command("verify", "Verify the audit trail.") { file, sink, key };
        verify.SetAction(async (parsed, cancellation) =>
        {
            try
            {
                var against = new VerifyAgainst(parsed.GetValue(key), parsed.GetValue(sink) is { Length: > 0 } copies ? await SinkCopy.Read(copies.Select(File.OpenRead), cancellation) : null);
                var report = parsed.GetValue(file) is { } export ? await VerifyExport(export, against, cancellation) : await AuditCheck.Store(parsed.GetValue(data)!, cancellation, against);
                Console.WriteLine(report.ToText());
                return report.Sound ? 0 : 1;
            }
            catch (Exception cannot) when (cannot is DataDirectoryException or IOException or UnauthorizedAccessException)
            {
                Console.Error.WriteLine(cannot.Message);
                return 1;
            }
        });
        return new Command("audit", "The audit trail.") { verify };
    }

    private static async Task<AuditReport> VerifyExport(string file, VerifyAgainst against, CancellationToken cancellation)
    {
        await using var export = File.OpenRead(file);
        return await AuditVerifier.VerifyExport(export, against, cancellation);
    }

    private static Command Groups()
    {
        var files = new Argument<string[]>("files") { Description = "Access group files.", Arity = ArgumentArity.OneOrMore };
        var check = new Command("check", "Check access group files without putting them in force.") { files };
        check.SetAction(parsed =>
        {
            var errors = ConfigurationCheck.Groups(parsed.GetValue(files)!);
            foreach (var error in errors) Console.Error.WriteLine(error);
            if (errors.Count == 0) Console.WriteLine($"{parsed.GetValue(files)!.Length} files are sound.");
            return errors.Count == 0 ? 0 : 1;
        });
        return new Command("groups", "Access groups.") { check };
    }
}
