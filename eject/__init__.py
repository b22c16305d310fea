"""An environment as files that run without this project: compose files, host scripts, SQL, a tunnel's routing. Pure."""
