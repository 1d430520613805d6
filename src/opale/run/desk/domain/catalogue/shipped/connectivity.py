"""Shipped request types for customers of colocation, Internet access and VPN."""

from datetime import timedelta

from opale.run.desk.domain.catalogue.form_fields import READY_BEFORE, WISHED_FOR
from opale.run.desk.domain.catalogue.shipped.builders import (
    REMARKS,
    SERVICE,
    SITE,
    VISITORS,
    WANTED,
    Shipped,
    field,
    options,
    route,
    route_if,
)

COLOCATION = (
    Shipped(
        code="datacentre-access",
        name_en="Access to a datacentre",
        name_fr="Accès à un datacentre",
        description_en="Datacentre access for visitors, for a given period.",
        description_fr="Accès de visiteurs à un datacentre, pour une période donnée.",
        family="colocation", authority="enter", target=timedelta(hours=4), coverage="always",
        team_kind="technical.core_infrastructure",
        fields=(
            SITE,
            field("starts", "datetime", "From", "Du", future=True, in_subject=True,
                  due=READY_BEFORE),
            field("ends", "datetime", "Until", "Au", future=True, after="starts", within_days=7),
            VISITORS,
            field("escort", "choice", "Escort", "Accompagnement", options=options(
                ("none", "Not needed", "Inutile"),
                ("provider", "By us", "Par nos soins"),
                ("customer", "By the customer", "Par le client"),
            )),
            field("equipment", "text", "Equipment brought in", "Matériel apporté", required=False),
            REMARKS,
        ),
    ),
    Shipped(
        code="datacentre-delivery",
        name_en="Delivery to a datacentre",
        name_fr="Livraison dans un datacentre",
        description_en="Receipt and storage of goods until installation or pick-up.",
        description_fr="Réception et stockage de matériel jusqu'à installation ou retrait.",
        family="colocation", authority="enter", target=timedelta(hours=4), coverage="always",
        team_kind="technical.core_infrastructure",
        fields=(
            SITE,
            field("expected_on", "date", "Expected on", "Attendue le", future=True,
                  in_subject=True, due=READY_BEFORE),
            field("parcels", "number", "Number of parcels", "Nombre de colis", least=1, most=500),
            field("weight_kg", "number", "Total weight (kg)", "Poids total (kg)", required=False,
                  least=0),
            field("carrier", "text", "Carrier", "Transporteur", required=False),
            field("tracking", "text", "Tracking number", "Numéro de suivi", required=False),
            field("lift", "yes_no", "A tail lift or pallet truck is needed",
                  "Un hayon ou un transpalette est nécessaire", required=False),
            REMARKS,
        ),
    ),
    Shipped(
        code="remote-hands",
        name_en="Remote hands",
        name_fr="Gestes de proximité",
        description_en="A technician works on your equipment on site.",
        description_fr="Un technicien intervient sur place sur vos équipements.",
        family="colocation", authority="order", target=timedelta(hours=2), coverage="always",
        team_kind="technical.core_infrastructure",
        fields=(
            SITE,
            field("work", "choice", "Task", "Tâche", in_subject=True,
                  options=options(
                ("look", "Look and report", "Contrôler et rendre compte"),
                ("restart", "Restart equipment", "Redémarrer un équipement"),
                ("cable", "Connect or move a cable", "Brancher ou déplacer un câble"),
                ("replace", "Replace a part", "Remplacer une pièce"),
                ("other", "Something else", "Autre chose"),
            )),
            field("place", "text", "Rack and equipment", "Baie et équipement"),
            field("instructions", "long_text", "Instructions", "Instructions", required=False),
            field("wanted_at", "datetime", "Requested time", "Souhaité à", required=False,
                  future=True, due=WISHED_FOR),
        ),
        rules=(
            route_if("work", "in", ["cable", "replace"], "change",
                 "Cabling and part replacements are planned by RUN as a change.",
                 "Câblage ou remplacement de pièces : le RUN planifie un changement."),
        ),
    ),
)  # fmt: skip

CONNECTED = (
    Shipped(
        code="bandwidth-change",
        name_en="Change of bandwidth",
        name_fr="Changement de débit",
        description_en="Upgrade or downgrade of an Internet access.",
        description_fr="Augmentation ou réduction du débit d'un accès Internet.",
        family="connectivity", authority="order", target=timedelta(hours=40),
        fields=(
            SERVICE,
            field("bandwidth_mbps", "number", "New bandwidth (Mbit/s)", "Nouveau débit (Mbit/s)",
                  least=1, most=100000, in_subject=True),
            WANTED, REMARKS,
        ),
        rules=(
            route_if("bandwidth_mbps", "above", 1000, "order",
                 "Above 1,000 Mbit/s a new access is delivered by BUILD.",
                 "Au-delà de 1 000 Mbit/s, le BUILD livre un nouvel accès."),
            route("change", "Service in use: RUN plans a change.",
                   "Service en production : le RUN planifie un changement."),
        ),
    ),
    Shipped(
        code="new-address",
        name_en="New IP addresses",
        name_fr="Nouvelles adresses IP",
        description_en="Additional public addresses for an access.",
        description_fr="Des adresses publiques supplémentaires pour un accès.",
        family="connectivity", authority="order", target=timedelta(hours=24),
        fields=(
            SERVICE,
            field("version", "choice", "Version", "Version", options=options(
                ("4", "IPv4", "IPv4"), ("6", "IPv6", "IPv6"))),
            field("addresses", "number", "Number of addresses", "Nombre d'adresses", least=1,
                  most=65536, in_subject=True),
            field("used_for", "text", "Purpose", "Utilisation"),
            WANTED,
        ),
        rules=(
            route_if("addresses", "above", 8, "order",
                 "More than 8 addresses need a new block, delivered by BUILD.",
                 "Plus de 8 adresses nécessitent un nouveau bloc, livré par le BUILD."),
            route("change", "Addresses added to an access in use: RUN plans a change.",
                   "Des adresses sont ajoutées à un accès utilisé : le RUN planifie un"
                   " changement."),
        ),
    ),
    Shipped(
        code="reverse-dns",
        name_en="Reverse DNS",
        name_fr="DNS inverse",
        description_en="Reverse DNS record of one of your addresses.",
        description_fr="Enregistrement inverse de l'une de vos adresses.",
        family="connectivity", target=timedelta(hours=8),
        fields=(
            field("address", "text", "IP address", "Adresse IP", in_subject=True),
            field("name", "text", "Name", "Nom"),
        ),
    ),
    Shipped(
        code="vpn-site",
        name_en="New site in a VPN",
        name_fr="Nouveau site dans un VPN",
        description_en="Connection of a new site to your private network.",
        description_fr="Raccordement d'un nouveau site à votre réseau privé.",
        family="vpn", authority="order", target=timedelta(hours=40),
        fields=(
            field("address", "text", "Address of the site", "Adresse du site", in_subject=True),
            field("bandwidth_mbps", "number", "Bandwidth (Mbit/s)", "Débit (Mbit/s)", least=1),
            field("contact_on_site", "text", "Contact on site", "Contact sur place"),
            WANTED, REMARKS,
        ),
        rules=(route("order", "A new access is delivered by BUILD as an order.",
                      "Un nouvel accès est livré par le BUILD, sur commande."),),
    ),
    Shipped(
        code="remote-access-user",
        name_en="Remote access for a user",
        name_fr="Accès distant pour un utilisateur",
        description_en="Remote access for one of your users.",
        description_fr="Accès distant à votre réseau privé pour un utilisateur.",
        family="vpn", authority="approve", target=timedelta(hours=8),
        fields=(
            field("who", "people", "Users", "Utilisateurs", least=1, most=20, in_subject=True),
            field("until", "date", "Until", "Jusqu'au", required=False, future=True),
        ),
    ),
)  # fmt: skip
