"""Shipped request types for customers of managed hosting, and for every customer."""

from datetime import timedelta

from opale.run.desk.domain.catalogue.shipped.builders import (
    REMARKS,
    SERVICE,
    WANTED,
    Shipped,
    field,
    options,
    route,
    route_if,
)

HOSTED = (
    Shipped(
        code="firewall-rule",
        name_en="Firewall rule",
        name_fr="Règle de pare-feu",
        description_en="Opening or closing of traffic on a managed platform.",
        description_fr="Ouverture ou fermeture d'un flux sur une plateforme infogérée.",
        family="managed_hosting", authority="approve", target=timedelta(hours=8),
        fields=(
            SERVICE,
            field("action", "choice", "Action", "Action", in_subject=True, options=options(
                ("open", "Open", "Ouvrir"), ("close", "Close", "Fermer"))),
            field("origin", "text", "From (address or network)", "Depuis (adresse ou réseau)"),
            field("destination", "text", "To (address or network)", "Vers (adresse ou réseau)"),
            field("ports", "text", "Protocol and ports", "Protocole et ports"),
            field("until", "date", "Until", "Jusqu'au", required=False, future=True),
            REMARKS,
        ),
        rules=(route("change", "Platform in service: RUN plans a change.",
                      "Une règle modifie une plateforme en service : le RUN planifie un"
                      " changement."),),
    ),
    Shipped(
        code="backup-restore",
        name_en="Backup restore",
        name_fr="Restauration d'une sauvegarde",
        description_en="Restore of files or of a whole machine from a given time.",
        description_fr="Restauration de fichiers ou d'une machine à un instant donné.",
        family="managed_hosting", target=timedelta(hours=8), coverage="always",
        fields=(
            SERVICE,
            field("what", "text", "Restore", "À restaurer",
                  in_subject=True),
            field("as_of", "datetime", "As of", "État à la date du"),
            field("where", "choice", "Destination", "Destination", options=options(
                ("aside", "Next to existing data", "À côté de l'existant"),
                ("in_place", "Overwrite existing data", "À la place de l'existant"))),
        ),
        rules=(
            route_if("where", "is", "in_place", "change",
                 "Existing data is overwritten: RUN plans a change.",
                 "L'existant est écrasé : le RUN planifie un changement."),
        ),
    ),
    Shipped(
        code="machine-resize",
        name_en="Resize a machine",
        name_fr="Redimensionner une machine",
        description_en="Change of processors, memory or disk.",
        description_fr="Modification des processeurs, de la mémoire ou du disque.",
        family="managed_hosting", authority="order", target=timedelta(hours=24),
        fields=(
            SERVICE,
            field("processors", "number", "Processors", "Processeurs", required=False, least=1,
                  most=256),
            field("memory_gib", "number", "Memory (GiB)", "Mémoire (Gio)", required=False, least=1,
                  most=4096),
            field("disk_gib", "number", "Disk (GiB)", "Disque (Gio)", required=False, least=1),
            WANTED,
        ),
        rules=(
            route_if("disk_gib", "above", 2048, "order",
                 "Above 2 TiB, BUILD delivers additional storage.",
                 "Au-delà de 2 Tio, le BUILD livre du stockage supplémentaire."),
            route("change", "Machine in service: RUN plans a change.",
                   "Machine en service : le RUN planifie un changement."),
        ),
    ),
)  # fmt: skip

ALL_CUSTOMERS = (
    Shipped(
        code="dns-change",
        name_en="DNS change",
        name_fr="Modification DNS",
        description_en="Add, change or remove a record of a zone.",
        description_fr="Ajout, modification ou suppression d'un enregistrement.",
        authority="order", target=timedelta(hours=8),
        fields=(
            field("zone", "text", "Zone", "Zone", in_subject=True),
            field("managed", "yes_no", "Zone managed by us", "Zone gérée par nos soins"),
            field("action", "choice", "Action", "Action", options=options(
                ("add", "Add", "Ajouter"), ("change", "Change", "Modifier"),
                ("remove", "Remove", "Supprimer"))),
            field("record", "text", "Record", "Enregistrement"),
            field("type", "choice", "Type", "Type", options=options(
                *((t, t, t) for t in ("A", "AAAA", "CNAME", "MX", "TXT", "SRV", "NS", "CAA")))),
            field("value", "text", "Value", "Valeur", required=False),
            WANTED,
        ),
        rules=(
            route_if("managed", "is", True, "change",
                 "Zone managed by us: RUN plans a change.",
                 "Zone gérée par nos soins : le RUN planifie un changement."),
        ),
    ),
    Shipped(
        code="new-user",
        name_en="New user",
        name_fr="Nouvel utilisateur",
        description_en="Give another person access to support.",
        description_fr="Donner à une autre personne accès au support.",
        authority="approve", target=timedelta(hours=8),
        fields=(
            field("name", "text", "Name", "Nom", in_subject=True),
            field("email", "text", "Email address", "Adresse électronique"),
            field("phone", "text", "Telephone", "Téléphone", required=False),
            field("language", "choice", "Language", "Langue", options=options(
                ("fr", "French", "Français"), ("en", "English", "Anglais"))),
            field("may", "choice", "Authority", "Habilitation", options=options(
                ("open", "Open requests", "Ouvrir des demandes"),
                ("order", "Open requests and place orders", "Ouvrir des demandes et commander"),
                ("enter", "Open requests and enter datacentres",
                 "Ouvrir des demandes et accéder aux datacentres"))),
        ),
    ),
    Shipped(
        code="quote",
        name_en="Quote",
        name_fr="Devis",
        description_en="Price and lead time for a new service.",
        description_fr="Prix et délai d'une nouvelle prestation.",
        target=timedelta(hours=40),
        fields=(
            field("wish", "choice", "Service", "Prestation", in_subject=True, options=options(
                ("colocation", "Colocation", "Colocation"),
                ("connectivity", "Internet access", "Accès Internet"),
                ("vpn", "VPN", "VPN"),
                ("managed_hosting", "Managed hosting", "Infogérance"),
                ("other", "Other", "Autre chose"))),
            field("need", "long_text", "Your needs", "Votre besoin", required=False),
            WANTED,
        ),
        rules=(route("order", "A solution architect in BUILD prepares the quote.",
                      "Un devis est établi par un architecte de solutions, au BUILD."),),
    ),
)  # fmt: skip
