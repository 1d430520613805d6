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
        description_en="Traffic is let through or blocked on a managed platform.",
        description_fr="Un flux est ouvert ou fermé sur une plateforme infogérée.",
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
        rules=(route("change", "A rule changes a platform in service: RUN plans it as a change.",
                      "Une règle modifie une plateforme en service : le RUN planifie un"
                      " changement."),),
    ),
    Shipped(
        code="backup-restore",
        name_en="Restore of a backup",
        name_fr="Restauration d'une sauvegarde",
        description_en="Files or a whole machine as they were at a moment.",
        description_fr="Des fichiers ou une machine entière tels qu'à un instant donné.",
        family="managed_hosting", target=timedelta(hours=8), coverage="always",
        fields=(
            SERVICE,
            field("what", "text", "What is to be restored", "Ce qui est à restaurer",
                  in_subject=True),
            field("as_of", "datetime", "As it was at", "Tel qu'à l'instant"),
            field("where", "choice", "Where to", "Où", options=options(
                ("aside", "Beside what is there", "À côté de l'existant"),
                ("in_place", "In its place", "À la place de l'existant"))),
        ),
        rules=(
            route_if("where", "is", "in_place", "change",
                 "What is there is overwritten: RUN plans it as a change.",
                 "L'existant est écrasé : le RUN planifie un changement."),
        ),
    ),
    Shipped(
        code="machine-resize",
        name_en="Resize a machine",
        name_fr="Redimensionner une machine",
        description_en="More or less processor, memory or disk.",
        description_fr="Plus ou moins de processeur, de mémoire ou de disque.",
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
                 "Above 2 TiB storage is added: BUILD delivers it.",
                 "Au-delà de 2 Tio, du stockage est ajouté : le BUILD le livre."),
            route("change", "A machine in service is changed: RUN plans it.",
                   "Une machine en service est modifiée : le RUN le planifie."),
        ),
    ),
)  # fmt: skip

ALL_CUSTOMERS = (
    Shipped(
        code="dns-change",
        name_en="DNS change",
        name_fr="Modification DNS",
        description_en="A record of a zone is added, changed or taken away.",
        description_fr="Un enregistrement d'une zone est ajouté, modifié ou supprimé.",
        authority="order", target=timedelta(hours=8),
        fields=(
            field("zone", "text", "Zone", "Zone", in_subject=True),
            field("managed", "yes_no", "We run the zone", "Nous gérons la zone"),
            field("action", "choice", "Action", "Action", options=options(
                ("add", "Add", "Ajouter"), ("change", "Change", "Modifier"),
                ("remove", "Take away", "Supprimer"))),
            field("record", "text", "Record", "Enregistrement"),
            field("type", "choice", "Type", "Type", options=options(
                *((t, t, t) for t in ("A", "AAAA", "CNAME", "MX", "TXT", "SRV", "NS", "CAA")))),
            field("value", "text", "Value", "Valeur", required=False),
            WANTED,
        ),
        rules=(
            route_if("managed", "is", True, "change",
                 "We run the zone: RUN applies it as a change.",
                 "Nous gérons la zone : le RUN applique un changement."),
        ),
    ),
    Shipped(
        code="new-user",
        name_en="New user",
        name_fr="Nouvel utilisateur",
        description_en="Somebody more may write to us in your name.",
        description_fr="Une personne de plus peut nous écrire en votre nom.",
        authority="approve", target=timedelta(hours=8),
        fields=(
            field("name", "text", "Name", "Nom", in_subject=True),
            field("email", "text", "Email address", "Adresse électronique"),
            field("phone", "text", "Telephone", "Téléphone", required=False),
            field("language", "choice", "Language", "Langue", options=options(
                ("fr", "French", "Français"), ("en", "English", "Anglais"))),
            field("may", "choice", "What for", "Pour quoi faire", options=options(
                ("open", "Open requests", "Ouvrir des demandes"),
                ("order", "Order too", "Commander aussi"),
                ("enter", "Enter datacentres too", "Entrer aussi dans les datacentres"))),
        ),
    ),
    Shipped(
        code="quote",
        name_en="Quote",
        name_fr="Devis",
        description_en="What something would cost, and when it could be there.",
        description_fr="Ce que coûterait une prestation, et quand elle serait disponible.",
        target=timedelta(hours=40),
        fields=(
            field("wish", "choice", "For", "Pour", in_subject=True, options=options(
                ("colocation", "Colocation", "Colocation"),
                ("connectivity", "Internet access", "Accès Internet"),
                ("vpn", "VPN", "VPN"),
                ("managed_hosting", "Managed hosting", "Infogérance"),
                ("other", "Something else", "Autre chose"))),
            field("need", "long_text", "What you need", "Votre besoin", required=False),
            WANTED,
        ),
        rules=(route("order", "A quote is made by a solution architect, in BUILD.",
                      "Un devis est établi par un architecte de solutions, au BUILD."),),
    ),
)  # fmt: skip
