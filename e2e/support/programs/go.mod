module belfry.dev/e2e/programs

go 1.24
