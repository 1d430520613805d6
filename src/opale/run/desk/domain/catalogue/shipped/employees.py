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
        description_en="A computer, a screen, a telephone, a badge.",
        description_fr="Un ordinateur, un écran, un téléphone, un badge.",
        audience="employees", target=timedelta(hours=40), team_kind="technical.internal_it",
        fields=(
            field("what", "choice", "What", "Quoi", in_subject=True, options=options(
                ("laptop", "Laptop", "Ordinateur portable"), ("screen", "Screen", "Écran"),
                ("phone", "Mobile telephone", "Téléphone mobile"),
                ("headset", "Headset", "Casque"), ("badge", "Badge", "Badge"),
                ("other", "Something else", "Autre chose"))),
            field("occasion", "choice", "Occasion", "Motif", options=options(
                ("new", "New colleague", "Nouveau collègue"),
                ("broken", "Broken", "En panne"), ("lost", "Lost or stolen", "Perdu ou volé"),
                ("more", "In addition", "En complément"))),
            WANTED, REMARKS,
        ),
    ),
    Shipped(
        code="telephony",
        name_en="Telephony",
        name_fr="Téléphonie",
        description_en="A line, a number, a transfer, a hunt group.",
        description_fr="Une ligne, un numéro, un renvoi, un groupe d'appels.",
        audience="employees", target=timedelta(hours=16), team_kind="technical.internal_it",
        fields=(
            field("what", "choice", "What", "Quoi", in_subject=True, options=options(
                ("line", "New line", "Nouvelle ligne"),
                ("transfer", "Transfer of calls", "Renvoi d'appels"),
                ("group", "Group of calls", "Groupe d'appels"),
                ("mailbox", "Voice mail", "Messagerie vocale"))),
            field("number", "text", "Number", "Numéro", required=False),
            REMARKS,
        ),
    ),
    Shipped(
        code="network-access",
        name_en="Network access",
        name_fr="Accès réseau",
        description_en="Wireless, remote access, or access to a part of the network.",
        description_fr="Wi-Fi, accès distant ou accès à une partie du réseau.",
        audience="employees", target=timedelta(hours=8), team_kind="technical.internal_it",
        fields=(
            field("what", "choice", "What", "Quoi", in_subject=True, options=options(
                ("wireless", "Wireless", "Wi-Fi"), ("remote", "Remote access", "Accès distant"),
                ("guest", "Guest", "Invité"),
                ("segment", "Part of the network", "Partie du réseau"))),
            field("guests", "people", "Guests", "Invités", required=False),
            field("until", "date", "Until", "Jusqu'au", required=False, future=True),
            REMARKS,
        ),
        rules=(
            route_if("what", "is", "segment", "change",
                 "Filters of the network are changed: it is planned as a change.",
                 "Des filtres du réseau sont modifiés : un changement est planifié."),
        ),
    ),
    Shipped(
        code="software-licence",
        name_en="Software licence",
        name_fr="Licence logicielle",
        description_en="A program that is not on your computer yet.",
        description_fr="Un logiciel qui n'est pas encore sur votre poste.",
        audience="employees", target=timedelta(hours=24), team_kind="technical.internal_it",
        fields=(
            field("product", "text", "Product", "Produit", in_subject=True),
            field("users", "number", "How many", "Combien", least=1, most=1000),
            WANTED, REMARKS,
        ),
    ),
)  # fmt: skip
