"""The portfolio, the managers of projects and the templates of offerings as lists."""
