"""Shipped request types for employees."""

from datetime import timedelta

from opale.run.desk.domain.catalogue.shipped.builders import (
    REMARKS,
    WANTED,
    Shipped,
    field,
    options,
    route_if,
)

EMPLOYEES = (
    Shipped(
        code="equipment",
        name_en="Equipment",
        name_fr="Équipement",
        description_en="Computer, screen, phone or badge.",
        description_fr="Ordinateur, écran, téléphone ou badge.",
        audience="employees", target=timedelta(hours=40), team_kind="technical.internal_it",
        fields=(
            field("what", "choice", "Type", "Type", in_subject=True, options=options(
                ("laptop", "Laptop", "Ordinateur portable"), ("screen", "Screen", "Écran"),
                ("phone", "Mobile phone", "Téléphone mobile"),
                ("headset", "Headset", "Casque"), ("badge", "Badge", "Badge"),
                ("other", "Other", "Autre chose"))),
            field("occasion", "choice", "Reason", "Motif", options=options(
                ("new", "New colleague", "Nouveau collègue"),
                ("broken", "Broken", "En panne"), ("lost", "Lost or stolen", "Perdu ou volé"),
                ("more", "Additional equipment", "En complément"))),
            WANTED, REMARKS,
        ),
    ),
    Shipped(
        code="telephony",
        name_en="Telephony",
        name_fr="Téléphonie",
        description_en="Line, number, call forwarding or hunt group.",
        description_fr="Ligne, numéro, renvoi ou groupe d'appels.",
        audience="employees", target=timedelta(hours=16), team_kind="technical.internal_it",
        fields=(
            field("what", "choice", "Type", "Type", in_subject=True, options=options(
                ("line", "New line", "Nouvelle ligne"),
                ("transfer", "Call forwarding", "Renvoi d'appels"),
                ("group", "Hunt group", "Groupe d'appels"),
                ("mailbox", "Voice mail", "Messagerie vocale"))),
            field("number", "text", "Number", "Numéro", required=False),
            REMARKS,
        ),
    ),
    Shipped(
        code="network-access",
        name_en="Network access",
        name_fr="Accès réseau",
        description_en="Wi-Fi, remote access, or access to a network segment.",
        description_fr="Wi-Fi, accès distant ou accès à un segment du réseau.",
        audience="employees", target=timedelta(hours=8), team_kind="technical.internal_it",
        fields=(
            field("what", "choice", "Type", "Type", in_subject=True, options=options(
                ("wireless", "Wi-Fi", "Wi-Fi"), ("remote", "Remote access", "Accès distant"),
                ("guest", "Guest", "Invité"),
                ("segment", "Network segment", "Segment du réseau"))),
            field("guests", "people", "Guests", "Invités", required=False),
            field("until", "date", "Until", "Jusqu'au", required=False, future=True),
            REMARKS,
        ),
        rules=(
            route_if("what", "is", "segment", "change",
                 "Network filters are changed as a planned change.",
                 "Modification de filtres réseau : un changement est planifié."),
        ),
    ),
    Shipped(
        code="software-licence",
        name_en="Software licence",
        name_fr="Licence logicielle",
        description_en="New software for your computer.",
        description_fr="Nouveau logiciel pour votre poste.",
        audience="employees", target=timedelta(hours=24), team_kind="technical.internal_it",
        fields=(
            field("product", "text", "Product", "Produit", in_subject=True),
            field("users", "number", "Number of licences", "Nombre de licences", least=1,
                  most=1000),
            WANTED, REMARKS,
        ),
    ),
)  # fmt: skip
